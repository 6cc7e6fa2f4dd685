"""What the writer of an e-mail wrote: the text without the quoted mail below (or above) and without the signature.

Spanish and English first, with the usual lines of French, German, Italian, Portuguese and Catalan. When in doubt the text
stays: a line too many does no harm, an order line cut off does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAX_LINES = 20_000
_QUOTED = re.compile(r"\s{0,3}>")
_WROTE = (
    r"escribi[oó]|escribi[oó] lo siguiente|escribe|wrote|writes|a [eé]crit|schrieb|ha scritto|escreveu|va escriure|ha escrit|"
    r"va escriure el seg[uü]ent"
)
_ENDS = re.compile(
    rf"(?:\b(?:{_WROTE})\s*:|\bschrieb .{{1,120}}:|\b(?:{_WROTE})\s+\(.{{1,80}}\)\s*:)\s*$", re.IGNORECASE
)
_BEGINS = re.compile(r"\s{0,3}(?:El|On|Le|Am|Il|Em|En|A[lm]?|Quoting|Citando|Cita de)\b[\s,]", re.IGNORECASE)
_SHORT = re.compile(rf"[^\n]{{1,200}}\b(?:{_WROTE})\s*:\s*$", re.IGNORECASE)
_DATED = re.compile(r"\s*\d{4}-\d\d-\d\d[ T]\d{1,2}:\d\d[^\n]{0,60}<?[^\s<>]{1,100}@[^\s<>]{1,100}>?\s*:\s*$")
_RULED = re.compile(
    r"\s*[-_*=]{2,}\s*(?:Mensaje (?:original|reenviado)|Original (?:Message|Appointment)|Forwarded (?:message|"
    r"by [^\n]{1,80})|El mensaje original|"
    r"Missatge original|Message d'origine|Message transf[eé]r[eé]|Urspr[uü]ngliche Nachricht|Messaggio "
    r"originale|Messaggio inoltrato|Mensagem original|"
    r"Mensagem encaminhada|Reply message|Mensaje de respuesta|Mensaje citado|Cita)\s*[-_*=]*\s*$",
    re.IGNORECASE,
)
_PLAIN_FORWARD = re.compile(
    r"\s*(?:Begin forwarded message|Inicio del mensaje reenviado|Comienzo del mensaje reenviado|D[eé]but du "
    r"message (?:r[eé]exp[eé]di[eé]|transf[eé]r[eé])|"
    r"Inizio messaggio inoltrato|In[ií]cio da mensagem reencaminhada)\s*:\s*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"reenviado|forwarded|transf[eé]r|inoltrat|encaminhada|reencaminhada", re.IGNORECASE)
_LABEL = r"\s*(?:\*\s*)?(?:{})\s*:\s*(?:\*\s*)?"
_FROM = re.compile(_LABEL.format(r"De|From|Von|Da|Desde|Remitente|Expéditeur|Subject|Asunto"), re.IGNORECASE)
_OTHER = re.compile(
    _LABEL.format(
        r"De|From|Von|Da|Enviado(?: el)?|Enviada(?: el)?|Fecha|Date|Data|Sent|Envoy[eé](?: le)?|Gesendet|"
        r"Inviato|Para|To|An|À|A|Pour|CC|Cc|Bcc|CCO|"
        r"Asunto|Subject|Assumpte|Objet|Betreff|Oggetto|Assunto|Responder a|Reply-To|Importancia|Importance|"
        r"Adjuntos|Datos adjuntos|Attachments|Datum|Hora"
    ),
    re.IGNORECASE,
)
_LINE_RULE = re.compile(r"\s*(?:[_]{10,}|[-]{20,}|[=]{20,}|[*]{20,})\s*$")
_SIGNATURE = re.compile(r"--\s?$")
_SENT_FROM = re.compile(
    r"\s*(?:Enviado (?:desde|con|a trav[eé]s de)\b|Enviat (?:des de|amb)\b|Sent (?:from|with|via)\b|Get Outlook "
    r"for\b|Obt[eé]n(?:er)? Outlook\b|"
    r"Descarga(?:r)? Outlook\b|Envoy[eé] (?:depuis|de) mon\b|Von meinem\b|Inviato da\b|Enviado do meu\b|Obter o Outlook\b)[^\n]{0,80}$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"\s*(?:AVISO LEGAL|ADVERTENCIA LEGAL|CL[AÁ]USULA DE CONFIDENCIALIDAD|CONFIDENCIALIDAD|AV[IÍ]S LEGAL|"
    r"DISCLAIMER|CONFIDENTIALITY NOTICE|LEGAL NOTICE|"
    r"PROTECCI[OÓ]N DE DATOS|Este (?:mensaje|correo)(?: electr[oó]nico)?(?:,? y (?:sus|los|"
    r"cualquier)[^\n]{0,40}(?:adjunto|anexo)s?[^\n]{0,20})?,? "
    r"(?:puede contener|contiene informaci[oó]n|es confidencial|son confidenciales|va dirigido|van dirigidos|se dirige|est[aá] dirigido)|"
    r"This (?:e-?mail|message)(?: and any (?:files|attachments)[^\n]{0,60})? (?:is|are|may contain|"
    r"contains)\b[^\n]{0,60}(?:confidential|privileged|intended)|"
    r"Antes de imprimir (?:este|el)|Por favor,? (?:piense|considere) en el medio ?ambiente|Please consider the environment)",
    re.IGNORECASE,
)
_LIST_FOOT = re.compile(
    r"mailing list|lista de (?:correo|distribuci[oó]n)|/mailman/listinfo/|unsubscribe|darse de baja", re.IGNORECASE
)
_CLOSING = re.compile(
    r"(?:(?:un|muchos?|mis|reciba un)?\s*(?:cordial(?:es)?|afectuosos?|fuerte)?\s*(?:saludos?|abrazos?)(?: "
    r"(?:cordial(?:es)?|afectuosos?|a todos))?|"
    r"atentamente|cordialmente|(?:muchas )?gracias(?: y (?:un )?saludos?)?|salutacions|(?:kind|best|warm)? "
    r"?regards|best|sincerely|cheers|thanks(?: and regards)?|"
    r"many thanks|yours (?:sincerely|faithfully|truly))\s*[,.!]?\s*$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:\btel(?:[eé]fono|f)?s?\b|\bm[oó]vil\b|\bphone\b|\bmobile\b|\bfax\b|\btlf|\bext\.|www\.|https?://|"
    r"[\w.+-]+@[\w-]+\.|\bC\.?P\.?\s*\d{5}\b|"
    r"\bS\.?[AL]\.?U?\.?\s*$|\bdpto\b|\bdepartamento\b|\bC/\s|\bavda\b|\bpol[ií]gono\b|\(?\+\d{2}\)?[ \d]{8,}|(?:\d[ .-]?){9,})",
    re.IGNORECASE,
)
_NAME_AFTER_DASH = re.compile(r"-\s?[A-ZÁÉÍÓÚÑ][\w.'’áéíóúñü-]{0,30}(?: [A-ZÁÉÍÓÚÑ][\w.'’áéíóúñü-]{0,30}){1,3}\s*$")


@dataclass(frozen=True, slots=True)
class Divided:
    """The text of an e-mail: what is new, what is quoted, and what is forwarded (the quoted text of a forward)."""

    new: str
    quoted: str = ""
    forwarded: bool = False


def divided(text: str) -> Divided:
    """Divide the text of an e-mail into what its writer wrote and what is quoted. Never raises."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MAX_LINES]
    kept: list[str] = []
    quoted: list[str] = []
    place, forwarded = 0, False
    while place < len(lines):
        line = lines[place]
        length, marks = _attribution(lines, place)
        if length and marks:
            quoted.extend(lines[place : place + length])
            place += length
        elif length or _begins_quote(lines, place):
            forwarded = _FORWARDED.search(line) is not None and _RULED.match(line) is not None
            forwarded = forwarded or _PLAIN_FORWARD.match(line) is not None
            quoted.extend(lines[place:])
            break
        elif _QUOTED.match(line):
            quoted.append(line)
            place += 1
        else:
            kept.append(line)
            place += 1
    return Divided(new=without_signature(kept), quoted="\n".join(quoted).strip("\n"), forwarded=forwarded)


def _attribution(lines: list[str], place: int) -> tuple[int, bool]:
    """How many lines `El lun, ... escribió:` takes here (0 if it is none), and whether lines marked `>` follow."""
    first = lines[place]
    if not first.strip() or (_QUOTED.match(first) and not _ENDS.search(first)):
        return 0, False
    short = _SHORT.match(first) or _DATED.match(first)
    begins = _BEGINS.match(first)
    if not short and not begins:
        return 0, False
    joined = ""
    for length in range(1, 5):
        if place + length > len(lines) or not lines[place + length - 1].strip():
            break
        joined = f"{joined} {lines[place + length - 1].strip()}"
        if len(joined) > 500:
            break
        if _ENDS.search(joined) or _DATED.match(joined):
            marks = _marked_next(lines, place + length)
            if begins and (_has_date(joined) or "@" in joined):
                return length, marks
            return (length, True) if marks and (short or begins) else (0, False)
        if not begins:
            break
    return 0, False


_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\b\d{4}\b|\d{1,2}:\d\d")


def _has_date(text: str) -> bool:
    return _DATE.search(text) is not None


def _marked_next(lines: list[str], place: int) -> bool:
    for line in lines[place : place + 4]:
        if line.strip():
            return _QUOTED.match(line) is not None
    return False


def _begins_quote(lines: list[str], place: int) -> bool:
    """Whether all from this line on is the mail that was answered or forwarded."""
    line = lines[place]
    if _RULED.match(line) or _PLAIN_FORWARD.match(line):
        return True
    if _LINE_RULE.match(line):
        following = [one for one in lines[place + 1 : place + 5] if one.strip()][:1]
        return bool(following) and _is_header_block(lines, lines.index(following[0], place + 1))
    return _is_header_block(lines, place)


def _is_header_block(lines: list[str], place: int) -> bool:
    """`De: ... / Enviado el: ... / Para: ... / Asunto: ...`, in any of the usual languages: three of them together."""
    if not _FROM.match(lines[place]):
        return False
    found, blanks = 1, 0
    for line in lines[place + 1 : place + 10]:
        if not line.strip():
            blanks += 1
            if blanks > 1:
                break
            continue
        found += _OTHER.match(line) is not None
    return found >= 3


def without_signature(lines: list[str]) -> str:
    """The lines without the signature below them, without closing rules, and without empty lines at both ends."""
    end = len(lines)
    for place, line in enumerate(lines):
        if _SIGNATURE.match(line) and line.startswith("--"):
            if _short_rest(lines, place):
                end = place
                break
        elif _SENT_FROM.match(line) or _is_foot(lines, place):
            end = place
            break
    lines = _without_contact(_stripped(lines[:end]))
    while lines and _LINE_RULE.match(lines[-1]):
        lines = _stripped(lines[:-1])
    if len(lines) > 1 and not lines[-2].strip() and _NAME_AFTER_DASH.match(lines[-1]):
        lines = _stripped(lines[:-1])
    return "\n".join(line.rstrip() for line in lines)


def _is_foot(lines: list[str], place: int) -> bool:
    """Whether a legal notice begins here, or the foot of a mailing list."""
    if _DISCLAIMER.match(lines[place]):
        return any(one.strip() for one in lines[:place])
    return (
        _LINE_RULE.match(lines[place]) is not None
        and _LIST_FOOT.search("\n".join(lines[place + 1 : place + 5])) is not None
    )


def _short_rest(lines: list[str], place: int) -> bool:
    return sum(1 for line in lines[place + 1 :] if line.strip()) <= 25


def _without_contact(lines: list[str]) -> list[str]:
    """`Un saludo,` and what follows is a signature when it is short and says how to reach its writer; else it stays."""
    for place in range(max(0, len(lines) - 20), len(lines)):
        # Spaces without end would be tried again and again: a closing is short.
        if place == 0 or len(lines[place]) > 200 or not _CLOSING.match(lines[place].strip()):
            continue
        rest = [line for line in lines[place + 1 :] if line.strip()]
        if rest and all(len(line) <= 120 for line in rest) and any(_CONTACT.search(line) for line in rest):
            return _stripped(lines[:place])
    return lines


def _stripped(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]
