"""What kind of e-mail this is: a person's, an automatic answer's, or a report that ours did not arrive.

RFC 3834 (automatic answers), RFC 3464 (reports of delivery), RFC 8098 (receipts), and what servers wrote before them or
write beside them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from promesa.exchange.formats.mail.headers import clean, identifiers, western
from promesa.exchange.formats.mail.parts import Part, decoded

MAX_RECIPIENTS = 200
_SERVER = re.compile(
    r"^(?:mailer-daemon|mail-daemon|mdaemon|postmaster|mailerdaemon|mail\.daemon|bounce[sd]?)(?:@|$)", re.IGNORECASE
)
_SERVER_NAME = re.compile(
    r"mail delivery (?:sub)?system|mail delivery service|internet mail delivery|mailer.daemon|microsoft outlook\b|mail administrator|"
    r"sistema de (?:entrega de )?correo",
    re.IGNORECASE,
)
_FAILED_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|delivery (?:has )?fail(?:ed|ure)|failure notice|returned mail|mail delivery failed|returning message to sender|"
    r"delivery status notification|delivery notification|message not delivered|could not (?:be )?deliver|mail "
    r"system error|non.?remis|nondeliverable|"
    r"unzustellbar|no (?:se )?(?:ha podido |pudo |puede )(?:ser )?entrega|mensaje (?:de correo )?no entregado|"
    r"correo (?:devuelto|no entregado)|"
    r"error (?:al|en la) entrega|entrega (?:fallida|no realizada)|devuelto al remitente|rechazado",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"\bdelayed\b|delivery delay|(?:has )?not (?:yet )?been delivered(?: yet)?\b(?=.{0,200}(?:warning|try|"
    r"attempt|continue))|still (?:being )?(?:trying|retried)|"
    r"will (?:continue to|keep) (?:try|attempt)|this is (?:just )?a warning|warning: (?:message|could not send)|"
    r"retrasad[oa]|entrega demorada|"
    r"se (?:seguir[aá]|continuar[aá]) intentando|a[uú]n no se ha entregado|todav[ií]a no (?:se )?ha (?:sido )?entregado",
    re.IGNORECASE | re.DOTALL,
)
_FAILED_TEXT = re.compile(
    r"could not be delivered|cannot be delivered|was undeliverable|permanent(?:ly)? (?:fatal )?(?:error|fail)|"
    r"user unknown|unknown user|no such user|"
    r"mailbox (?:is )?(?:unavailable|full|not found)|address(?:es)? (?:had|failed)|following address(?:\(es\)|es)? failed|"
    r"no se (?:pudo|ha podido|puede) entregar|usuario desconocido|direcci[oó]n no (?:existe|encontrada)|"
    r"buz[oó]n (?:lleno|no existe)|\b55[0-4][ -]\d?",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"^\s*(?:(?:re|rv|fw|aw|sv)\s*:\s*)?\[?(?:auto(?:matic|mated|matisch[eo]?)?[ -]?(?:reply|response|antwort|"
    r"svar)\b|auto\s*:|autoreply|autorespuesta|"
    r"respuesta (?:autom[aá]tica|de ausencia)|contestaci[oó]n autom[aá]tica|out of (?:the )?office|out-of-office|ooo\s*:|"
    r"fuera de (?:la )?oficina|mensaje de ausencia|ausencia\b|ausente\b|estoy ausente|estar[eé] (?:ausente|fuera)|"
    r"(?:de )?vacaciones\s*$|vacation (?:reply|response|message)|away from (?:the |my )?(?:office|mail)|i am (?:away|out of)|"
    r"abwesenheit|r[eé]ponse automatique|absence du bureau|risposta automatica|fuori (?:sede|ufficio)|resposta autom[aàá]tica|aus[eê]ncia|"
    r"fora de l'oficina|le[ií]do\s*:|read\s*:|acuse de recibo\s*:|not read\s*:|no le[ií]do\s*:)",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|rv|reenv[ií]?o?|reenviado|tr|wg|enc|i|doorst)\s*(?:\[\d+\])?\s*:",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|r|resp|rta|aw|sv|antw|ref)\s*(?:[\[(]\d+[\])])?\s*:", re.IGNORECASE
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_SMTP_STATUS = re.compile(r"\b([45]\d\d)\b")
_ADDRESS = re.compile(r"[\w.+=%~'*/-]{1,100}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_COPY = re.compile(
    r"^[ \t>]*-{2,}[^\n]{0,60}(?:copy of (?:the|your) message|original message|returned message|unsent message|"
    r"mensaje original|message header)[^\n]{0,60}$"
    r"|^[^\n]{0,40}(?:message (?:headers? )?follows|Original message headers|Encabezados? originales?)[^\n]{0,20}:?[ \t]*$"
    r"|^-{2,3} (?:Below this line|The header of)[^\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_MESSAGE_ID = re.compile(r"^[ \t>]*Message-I[dD][ \t]*:\s*<([^<>\s\x00]{1,300})>", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Nature:
    """What kind an e-mail is; for a report what it says of whom, and which message of ours it is about."""

    nature: str = "new"
    bulk: bool = False
    report: dict[str, Any] = field(default_factory=dict)


def nature_of(
    root: Part, *, subject: str, sender: dict[str, str], text: str, answers: bool, quotes: bool, forwards: bool
) -> Nature:
    """Tell the nature of an e-mail: a report first, then an automatic answer, then what a person does."""
    found = Nature(bulk=_is_bulk(root))
    report = _report(root, subject, sender, text)
    if report is not None:
        found.nature, found.report = report
    elif _is_automatic(root, subject):
        found.nature = "auto_reply"
    elif _FORWARD.match(subject):
        found.nature = "forward"
    elif _REPLY.match(subject) or answers:
        found.nature = "reply"
    elif forwards:
        found.nature = "forward"
    elif quotes:
        found.nature = "reply"
    return found


def _said(root: Part, name: str) -> str:
    return clean(western(root.first(name))[0]).lower()


def _is_bulk(root: Part) -> bool:
    """Sent to many, so never to be answered automatically."""
    if _said(root, "precedence") in ("bulk", "junk", "list"):
        return True
    return any(root.first(name) for name in ("list-id", "list-unsubscribe", "list-post", "feedback-id"))


def _is_automatic(root: Part, subject: str) -> bool:
    submitted = _said(root, "auto-submitted").split(";")[0].strip()
    if submitted and submitted != "no":
        return True
    if _said(root, "precedence") in ("auto_reply", "auto-reply", "autoreply"):
        return True
    for name in (
        "x-autoreply",
        "x-auto-reply",
        "x-autorespond",
        "x-autoresponder",
        "x-mail-autoreply",
        "x-autoreply-from",
        "x-vacation",
    ):
        if _said(root, name) not in ("", "no", "false"):
            return True
    if (
        root.media_type == "multipart/report"
        and root.params.get("report-type", "").lower() == "disposition-notification"
    ):
        return True
    if any(part.media_type == "message/disposition-notification" for part in root.parts):
        return True
    if _AUTO_SUBJECT.match(subject):
        return True
    listed = any(root.first(name) for name in ("list-id", "list-post", "list-unsubscribe"))
    return not listed and _said(root, "precedence") in ("bulk", "junk") and _answers(root, subject)


def _answers(root: Part, subject: str) -> bool:
    return bool(root.first("in-reply-to")) or _REPLY.match(subject) is not None


# --- Reports of delivery ------------------------------------------------------------------------------------------


def _report(root: Part, subject: str, sender: dict[str, str], text: str) -> tuple[str, dict[str, Any]] | None:
    for part in root.walk():
        if part.media_type in ("message/delivery-status", "message/global-delivery-status"):
            recipients = _recipients(part)
            if recipients:
                return _by_actions(recipients), _report_of(root, recipients, text)
    nature = _by_words(root, subject, sender, text)
    if nature is None:
        return None
    return nature, _report_of(root, _recipients_in(root, text, nature), text)


def _by_actions(recipients: list[dict[str, str]]) -> str:
    actions = {one.get("action", "") for one in recipients}
    if "failed" in actions:
        return "bounce"
    if "delayed" in actions:
        return "delay"
    if actions & {"delivered", "relayed", "expanded"}:
        return "auto_reply"
    statuses = {one.get("status", "")[:1] for one in recipients}
    return "bounce" if "5" in statuses else "delay" if "4" in statuses else "bounce"


def _recipients(part: Part) -> list[dict[str, str]]:
    """The recipients that a delivery status names, with what became of the message for each."""
    found: list[dict[str, str]] = []
    text = western(decoded(part, [])[:200_000])[0].replace("\r\n", "\n")
    for group in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, str] = {}
        for line in re.sub(r"\n[ \t]+", " ", group).split("\n"):
            name, mark, value = line.partition(":")
            if mark:
                fields.setdefault(name.strip().lower(), clean(value)[:500])
        address = _after_kind(fields.get("final-recipient") or fields.get("original-recipient", ""))
        if not address and "action" not in fields:
            continue
        status = _STATUS.search(fields.get("status", ""))
        entry = {
            "address": address,
            "original_address": _after_kind(fields.get("original-recipient", "")),
            "action": fields.get("action", "").split("(")[0].strip().lower(),
            "status": status.group(1) if status else "",
            "reason": _after_kind(fields.get("diagnostic-code", "")) or _comment(fields.get("status", "")),
        }
        if entry["original_address"] == address:
            entry["original_address"] = ""
        found.append({key: value for key, value in entry.items() if value})
        if len(found) >= MAX_RECIPIENTS:
            break
    return found


def _after_kind(value: str) -> str:
    """`rfc822; ana@example.com` without the kind before it."""
    return value.partition(";")[2].strip().strip("<>") if ";" in value else value.strip().strip("<>")


def _comment(value: str) -> str:
    found = re.search(r"\(([^()]{1,200})\)", value)
    return found.group(1) if found else ""


def _by_words(root: Part, subject: str, sender: dict[str, str], text: str) -> str | None:
    """Reports without the standard part: by who sends them and what they say."""
    failed = bool(root.first("x-failed-recipients"))
    address = sender.get("address", "")
    server = bool(_SERVER.match(address)) or bool(_SERVER_NAME.search(sender.get("name", "")))
    server = server or _said(root, "return-path") == "<>"
    if not (failed or server):
        return None
    said = text[:4000]
    if not failed and (_DELAYED.search(subject) or _DELAYED.search(said)) and not _is_final(said):
        return "delay"
    if failed or _FAILED_SUBJECT.search(subject) or _FAILED_TEXT.search(said):
        return "bounce"
    return None


def _is_final(text: str) -> bool:
    return (
        re.search(
            r"(?:permanent|giving up|gave up|couldn'?t be delivered|could not be delivered|se ha desistido)",
            text,
            re.IGNORECASE,
        )
        is not None
    )


def _recipients_in(root: Part, text: str, nature: str) -> list[dict[str, str]]:
    """The addresses that a report in plain words names, with the status beside them."""
    said = before_copy(text)[:10_000]
    listed = _ADDRESS.findall(western(root.first("x-failed-recipients"))[0])
    own = {
        address.lower()
        for name in ("from", "to", "reply-to", "sender")
        for address in _ADDRESS.findall(western(root.first(name))[0])
    }
    named = listed or [one for one in _ADDRESS.findall(said) if one.lower() not in own and not _SERVER.match(one)]
    status = _STATUS.search(said) or _SMTP_STATUS.search(said)
    found = []
    for address in list(dict.fromkeys(named))[: MAX_RECIPIENTS if listed else 5]:
        entry = {
            "address": address,
            "action": "delayed" if nature == "delay" else "failed",
            "status": status.group(1) if status else "",
        }
        reason = next((clean(line) for line in said.split("\n") if _SMTP_STATUS.search(line)), "")
        found.append({key: value for key, value in (entry | {"reason": reason[:300]}).items() if value})
    return found


def before_copy(text: str) -> str:
    """The text of a report without the copy of the message that it returns."""
    found = _COPY.search(text)
    return text[: found.start()] if found else text


def _report_of(root: Part, recipients: list[dict[str, str]], text: str) -> dict[str, Any]:
    report: dict[str, Any] = {"recipients": recipients} if recipients else {}
    message_id = _returned_id(root, text)
    if message_id:
        report["message_id"] = message_id
    return report


def _returned_id(root: Part, text: str) -> str:
    """The Message-ID of the message that a report is about: of the part that returns it, else of the copy in the text."""
    for part in root.walk():
        if part.media_type in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/global",
            "message/global-headers",
            "message/rfc822-headers",
        ):
            found = _MESSAGE_ID.search(western(decoded(part, [])[:100_000])[0])
            if found:
                return found.group(1)
    copied = _COPY.search(text)
    found = _MESSAGE_ID.search(text, copied.end() if copied else 0)
    if found:
        return found.group(1)
    return next(iter(identifiers(root.first("in-reply-to")) or identifiers(root.first("references"))), "")
