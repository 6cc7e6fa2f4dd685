"""Who orders, from whom, and where it goes: blocks of an address under or beside their labels, and the letterhead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any

from promesa.core import identifiers
from promesa.exchange.formats.neutral import Party
from promesa.exchange.formats.pdf import vocabulary
from promesa.exchange.formats.pdf.fields import Label, Labels
from promesa.exchange.formats.pdf.kind import Title, titles
from promesa.exchange.formats.pdf.page import Page, Phrase, Word, place_of
from promesa.exchange.formats.pdf.values import has_figure

ROLES = ("buyer", "seller", "ship_to", "invoicee")
_CERTAIN, _LETTERHEAD = 0.97, 0.88
_MOST_ROWS = 9
_PHONE = re.compile(
    r"(?:\+?[0-9]{1,3}[ .-]?)?(?:\([0-9]{2,5}\)[ .-]?)?[0-9]{2,4}(?:[ .-][0-9]{2,4}){1,4}|\+?[0-9]{9,13}"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+ ?@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_TAX_ID = re.compile(
    r"(?:ES[- ]?)?(?:[ABCDEFGHJNPQRSUVW][- .]?[0-9]{2}[.]?[0-9]{3}[.]?[0-9]{2}[0-9A-J]|[0-9]{2}[.]?[0-9]{3}[.]?[0-9]{3}[- ]?[A-Z])|"
    r"[A-Z]{2}[- ]?[0-9A-Z]{8,12}|[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{3}|[0-9]{2,3}(?:[.][0-9]{3}){2}-[0-9K]|"
    r"[0-9]{9,11}(?:-[0-9])?|[0-9]{2}-[0-9]{7}"
)
_GLN = re.compile(r"[0-9]{13}")
_COUNTRIES = {
    "ES": "spain españa espana", "MX": "mexico méxico", "CO": "colombia",
    "US": "usa|united states|united states of america|estados unidos|u.s.a.",
    "GB": "united kingdom|uk|reino unido|great britain|england", "FR": "france francia", "PT": "portugal",
    "DE": "germany alemania deutschland",
    "IT": "italy italia", "CL": "chile", "PE": "peru perú", "AR": "argentina", "IE": "ireland irlanda",
    "NL": "netherlands|holland|países bajos",
    "BE": "belgium bélgica", "CH": "switzerland suiza", "BR": "brazil brasil", "EC": "ecuador", "UY": "uruguay", "AD": "andorra",
}  # fmt: skip
_COUNTRY_OF = {
    name: code for code, names in _COUNTRIES.items() for name in (names.split("|") if "|" in names else names.split())
}
_LANDS = "|".join(re.escape(name) for name in sorted(_COUNTRY_OF, key=len, reverse=True))
_CITY = (
    re.compile(r"(?P<postcode>[A-Z]{0,2}-?[0-9]{2}\.?[0-9]{3}(?:-[0-9]{3})?)[ ,·-]+(?P<city>[A-Za-zÀ-ÿ' .-]{2,40}?)"
               r"(?:[ ,]*[(,](?P<region>[A-Za-zÀ-ÿ' .-]{2,30})\)?)?(?:[,. -]+(?P<country>" + _LANDS + r"))?", re.IGNORECASE),
    re.compile(r"(?P<postcode>[0-9]{4}(?:-[0-9]{3}| ?[A-Z]{2})?) (?P<city>[A-Za-zÀ-ÿ' .-]{2,40})"),
    re.compile(r"(?P<city>[A-Za-zÀ-ÿ' .-]{2,40}?),? (?P<region>[A-Z]{2}|[A-Z]{2} [A-Z]{2}),? (?P<postcode>[0-9]{5}(?:-[0-9]{4})?)"),
    re.compile(r"(?P<city>[A-Za-zÀ-ÿ' .-]{2,40}?),? (?P<postcode>[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2})"),
    re.compile(r"(?P<city>[A-Za-zÀ-ÿ' .-]{2,40}?)[, -]+(?P<postcode>[0-9]{5,6})"),
)  # fmt: skip
_COMPANY = re.compile(
    r"\b(?:S\.? ?[AL]\.? ?U?\.?|S\.L\.L\.|SLU|SAU|SL|SA|S\.A\.S\.?|SAS|S\. ?COOP\.?|C\.B\.|Inc\.?|LLC|Ltd\.?|"
    r"Limited|PLC|plc|Corp(?:oration)?\.?|Co\.|GmbH|"
    r"Lda\.?|S\.A\. de C\.V\.|B\.V\.|SARL|Company|Group|Grupo|Industries|Electronics|Importers|Stores|Supermercados|"
    r"Hermanos|e Hijos)(?=\W|$)"
)
_STREET = re.compile(
    r"\b(?:c/|calle|avda|avenida|av|plaza|pza|paseo|ctra|carretera|pol|poligono|polígono|nave|street|st|road|rd|avenue|ave|blvd|boulevard|"
    r"lane|ln|drive|dr|way|rua|rue|camino|ronda|highway|suite|unit|carrera|cra|calzada|parc|park|estate|house|floor|planta)\b|^c/|[0-9]",
    re.IGNORECASE,
)

_BRACKETED_CODE = re.compile(r"\s*\([^()]*[0-9][^()]*\)$")
_ROAD = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|blvd|boulevard|lane|ln|drive|dr|way|highway|suite|court|ct|square)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Found:
    """A party as read, and where each of its fields stands."""

    party: Party = field(default_factory=Party)
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    words: frozenset[int] = frozenset()


def find_parties(pages: Sequence[Page], labels: Labels, table_tops: Mapping[int, float]) -> dict[str, Found]:
    """The parties by role. A party without a label is the one of the letterhead: on an order, the buyer; without a letterhead
    who is billed is."""
    found: dict[str, Found] = {}
    for role in ROLES:
        best: tuple[int, Found] | None = None
        for label in labels.of(role):
            if label.phrase.y0 > table_tops.get(label.phrase.page, 2.0) and role not in ("ship_to", "invoicee"):
                continue
            block = _block(label, labels, table_tops)
            read = _read(block, _CERTAIN)
            if read.party.name is None:
                continue
            filled = sum(
                getattr(read.party, name) is not None
                for name in ("name", "street", "postcode", "city", "tax_id", "gln")
            )
            if best is None or filled > best[0]:
                best = (filled, read)
        if best:
            found[role] = best[1]
    if "buyer" not in found:
        head = _letterhead(pages, labels, found, table_tops)
        if head.party.name:
            found["buyer"] = head
        elif "invoicee" in found:  # who is billed buys, where nobody else is said to
            found["buyer"] = found["invoicee"]
    _company_before_person(found)
    return found


def _block(label: Label, labels: Labels, table_tops: Mapping[int, float]) -> list[Phrase]:
    """The phrases of an address: what follows the label, or stands beside it, and all under it down to a gap or a label."""
    page = labels.pages_by_number[label.phrase.page]
    first: list[Phrase] = []
    left = label.x0
    if label.rest:
        first = [Phrase(label.rest)]
    else:
        beside = labels.beside(label)
        under = next((one for one in labels.below(label) if _near(label, one)), None)
        if (
            beside is not None
            and (under is None or beside.x0 - label.x1 < 0.06)
            and not _heads_column(beside, labels, page)
        ):
            first, left = [beside], beside.x0
    rest = _downwards(page, labels, label, first, left, table_tops.get(page.number, 2.0))
    return first + rest


def _heads_column(phrase: Phrase, labels: Labels, page: Page) -> bool:
    return labels.is_label(phrase)


def _near(label: Label, phrase: Phrase) -> bool:
    return phrase.y0 - label.y1 < 1.8 * label.height


def _downwards(
    page: Page, labels: Labels, label: Label, first: Sequence[Phrase], left: float, bottom: float
) -> list[Phrase]:
    lefts = {left, label.x0}
    taken: list[Phrase] = []
    last, height = label.y1, label.height
    for row in page.rows:
        if row.middle <= label.phrase.middle + 0.5 * label.height:
            continue
        if row.y0 >= bottom and label.y0 < bottom:
            break
        here = [phrase for phrase in row.phrases if _stands_under(phrase, lefts, label, taken)]
        if not here:
            continue
        phrase = here[0]
        if taken:
            height = taken[-1].height
        if phrase.y0 - last > (1.5 if taken or first else 2.2) * height or len(taken) >= _MOST_ROWS:
            break
        heading = labels.label_of(phrase)
        if heading is not None and heading.field not in (
            "phone",
            "email",
            "tax_id",
            "gln",
            "contact",
            "other",
            "buyer",
            "seller_code_of_buyer",
            "code_of_seller",
            "notes",
        ):
            break
        if (
            heading is not None
            and heading.field in ("buyer", "other", "notes")
            and (not heading.rest or heading.marked)
        ) and (heading.field != "other" or not heading.rest):
            break
        if not taken and not first:
            lefts = {phrase.x0}
        taken.append(phrase)
        last = phrase.y1
    return taken


def _stands_under(phrase: Phrase, lefts: set[float], label: Label, taken: Sequence[Phrase]) -> bool:
    if any(abs(phrase.x0 - left) < 0.012 for left in lefts):
        return True
    if taken:  # centred blocks
        above = taken[-1]
        return abs((phrase.x0 + phrase.x1) - (above.x0 + above.x1)) < 0.02
    return phrase.x0 < label.x1 and phrase.x1 > label.x0 and abs(phrase.x0 - label.x0) < 0.08


def _letterhead(
    pages: Sequence[Page], labels: Labels, found: Mapping[str, Found], table_tops: Mapping[int, float]
) -> Found:
    """The first block of the first page that is neither title, nor label, nor a value of one."""
    if not pages:
        return Found()
    page = pages[0]
    spent = {id(word) for one in titles(pages) for word in one.phrase.words}
    spent |= {number for one in found.values() for number in one.words}
    top = min(table_tops.get(page.number, 0.45), 0.45)
    for row in page.rows:
        if row.y0 >= top - 0.004:
            break
        for phrase in row.phrases:
            if any(id(word) in spent for word in phrase.words) or _is_labelled(phrase, labels):
                continue
            if (
                sum(character.isalpha() for character in phrase.text) < 3
                or _is_sentence(phrase.text)
                or _is_value(phrase, labels, page)
            ):
                continue
            stand = Label("buyer", phrase.words, (), phrase, False)
            under = _downwards(page, labels, stand, [phrase], phrase.x0, top)
            block = [phrase, *takewhile(lambda one: not any(id(word) in spent for word in one.words), under)]
            read = _read(block, _LETTERHEAD)
            if read.party.name and (not _STREET.search(read.party.name) or read.party.street):
                return read
    return Found()


def _is_labelled(phrase: Phrase, labels: Labels) -> bool:
    """Whether a phrase is of a label; a name with its code in brackets, `Bar Pepe (cliente nº: C-1042)`, is of none."""
    label = labels.label_of(phrase)
    if label is None:
        return False
    return label.words[0] is phrase.words[0] or not label.words[0].text.startswith("(")


def _is_sentence(text: str) -> bool:
    return len(text.split()) > 14 or (len(text.split()) > 6 and text.endswith("."))


def _is_value(phrase: Phrase, labels: Labels, page: Page) -> bool:
    for label in labels.found:
        if label.phrase.page != page.number or label.rest:
            continue
        if labels.beside(label) is phrase and phrase.x0 - label.x1 < 0.2:
            return True
    return False


def _company_before_person(found: dict[str, Found]) -> None:
    """A block that begins with a person and names the buyer's company next is of that company, the person its contact."""
    buyer = found.get("buyer")
    for role in ("ship_to", "invoicee"):
        one = found.get(role)
        if one is None or one.party.name is None or one.party.street is None:
            continue
        second = one.places.pop("_second", None)
        if second is None:
            continue
        name = str(second.pop("text"))
        known = buyer is not None and buyer.party.name is not None and _same(name, buyer.party.name)
        if not known and not (_COMPANY.search(name) and not _COMPANY.search(one.party.name)):
            continue
        street = one.party.street
        if street.startswith(name):
            street = street[len(name) :].lstrip(", ")
        contact = one.party.contact if one.party.contact not in (None, name) else one.party.name
        one.party = replace(one.party, name=name, contact=contact, street=street or None)
        one.places["contact"], one.places["name"] = one.places["name"], second


def _same(first: str, second: str) -> bool:
    return re.sub(r"\W", "", first).lower() == re.sub(r"\W", "", second).lower()


def _read(block: Iterable[Phrase], certainty: float) -> Found:
    """The fields of an address block, each row by what it looks like."""
    said: dict[str, Any] = {}
    places: dict[str, dict[str, Any]] = {}
    streets: list[str] = []
    spent: set[int] = set()
    second: dict[str, Any] | None = None

    def put(name: str, text: str, words: Sequence[Word]) -> None:
        if text and name not in said:
            said[name] = text
            places[name] = place_of(words, certainty * min(word.confidence for word in words))

    for phrase, text in _parts(block):
        spent |= {id(word) for word in phrase.words}
        if text == phrase.text.strip(" ,;") and (_labelled(phrase, put) or _mail(phrase, put)):
            continue
        if "name" not in said:
            if any(character.isalpha() for character in text):
                coded = re.fullmatch(r"([0-9]{3,10})\s*[-–]\s*(\D.+)", text)
                if coded:
                    put("code", coded.group(1), phrase.words)
                name = coded.group(2) if coded else text
                put("name", _BRACKETED_CODE.sub("", name) if "code" in said else name, phrase.words)
            continue
        country = _COUNTRY_OF.get(text.lower().strip(" ."))
        if country:
            put("country", country, phrase.words)
            continue
        city = _city(text)
        if city and "postcode" not in said:
            for name, value in city.items():
                put(name, value, phrase.words)
            continue
        if re.fullmatch(_PHONE, text) and "phone" not in said:
            put("phone", text, phrase.words)
            continue
        if "postcode" in said or len(streets) >= 3 or re.match(r"(?:www\.|https?:|website)", text, re.IGNORECASE):
            continue
        if not streets:
            second = place_of(phrase.words, certainty * phrase.confidence) | {"text": text}
        elif "street" in places and not _STREET.search(streets[0]) and not _COMPANY.search(text):
            pass
        streets.append(text)
        put("street", text, phrase.words)
    if len(streets) > 1 and not has_figure(streets[0]) and not _STREET.search(streets[0]) and "contact" not in said:
        said["contact"] = streets.pop(0)
        places["contact"] = places["street"]
        second = second if second else None
    if streets:
        said["street"] = ", ".join(streets)
    if second is not None:
        places["_second"] = second
    return Found(Party(**said), places, frozenset(spent))


def _parts(block: Iterable[Phrase]) -> Iterator[tuple[Phrase, str]]:
    """The rows of a block; an address in one row is divided at its commas."""
    for place, phrase in enumerate(block):
        text = phrase.text.strip(" ,;")
        pieces = re.split(r",\s+(?!(?:S\.? ?[AL]\b|Inc|LLC|Ltd|Lda|Corp|GmbH))", text)
        if len(pieces) >= 3 or (
            len(pieces) == 2 and place > 0 and _city(pieces[1]) is not None and _city(text) is None
        ):
            for piece in pieces:
                yield phrase, piece.strip(" ,;")
        else:
            yield phrase, text


def _labelled(phrase: Phrase, put: Any) -> bool:
    """A row of a block that says itself what it is: `NIF: B12345678  Tel. 91 234 56 78`."""
    from_start = False
    words = phrase.words
    for start in range(len(words)):
        for length in range(min(4, len(words) - start), 0, -1):
            text = " ".join(word.text for word in words[start : start + length])
            name = vocabulary.label(text)
            if name not in (
                "tax_id",
                "gln",
                "phone",
                "email",
                "contact",
                "other",
                "seller_code_of_buyer",
                "code_of_seller",
            ):
                continue
            if name == "other" and not text.endswith(":"):
                continue
            if name == "phone" and len(text) == 1 and not text.endswith(":"):
                continue
            rest = words[start + length :]
            while rest and not re.search(r"\w", rest[0].text):
                rest = rest[1:]
            if rest:
                _put_value(name, rest, put)
                from_start = from_start or start == 0
            elif start == 0:
                from_start = True
            break
    return from_start


def _put_value(name: str, words: Sequence[Word], put: Any) -> None:
    text = " ".join(word.text for word in words).strip(" ,;")
    if name == "tax_id":
        match = _TAX_ID.match(text)
        if match:
            put("tax_id", re.sub(r"[ .]", "", match.group(0)), words)
    elif name == "gln":
        match = _GLN.match(text.replace(" ", ""))
        if match and identifiers.is_gln(match.group(0)):
            put("gln", match.group(0), words)
    elif name == "phone":
        match = _PHONE.match(text)
        if match:
            put("phone", match.group(0), words)
    elif name == "email":
        match = _EMAIL.match(text)
        if match:
            put("email", match.group(0).replace(" ", ""), words)
    elif name == "contact":
        put("contact", text, words)
    elif name in ("seller_code_of_buyer", "code_of_seller") and has_figure(text):
        end = text.find(")")  # `Bar Pepe (cliente nº: C-1042)`: the bracket was opened before the label
        put("code", text if end < 0 or "(" in text[:end] else text[:end].strip(" ,;"), words)


def _mail(phrase: Phrase, put: Any) -> bool:
    match = _EMAIL.search(phrase.text)
    if match:
        put("email", match.group(0).replace(" ", ""), phrase.words)
        return True
    return False


def _city(text: str) -> dict[str, str] | None:
    for pattern in _CITY:
        match = pattern.fullmatch(text)
        if match:
            if match.start("postcode") == 0 and _ROAD.search(match.group("city")):
                continue
            said = {name: value.strip(" ,.-(") for name, value in match.groupdict().items() if value}
            country = said.pop("country", "")
            if country:
                code = _COUNTRY_OF.get(country.lower())
                if code is None:
                    continue
                said["country"] = code
            return said
    return None


def title_words(title: Title | None) -> set[int]:
    return {id(word) for word in title.phrase.words} if title else set()
