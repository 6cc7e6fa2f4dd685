"""Writing EDIFACT: orders, answers, despatch advices, invoices and acknowledgements from the neutral form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.compose import MAX_SERVICE, Composer, NoPlaceFor, Sheet, enclosed
from promesa.exchange.formats.edifact.write_control import write_control
from promesa.exchange.formats.edifact.write_lines import write_lines, write_packages
from promesa.exchange.formats.edifact.write_money import write_allowances, write_payments, write_taxes, write_totals
from promesa.exchange.formats.neutral import CannotWrite, NeutralDocument, Party

KINDS = frozenset(
    {
        "order",
        "order_response",
        "despatch_advice",
        "invoice",
        "credit_note",
        "debit_note",
        "acknowledgement",
        "price_catalogue",
    }
)
MESSAGES = {
    "order": ("ORDERS", "220"), "order_response": ("ORDRSP", "231"), "despatch_advice": ("DESADV", "351"),
    "invoice": ("INVOIC", "380"), "credit_note": ("INVOIC", "381"), "debit_note": ("INVOIC", "383"), "acknowledgement": ("APERAK", ""),
    "price_catalogue": ("PRICAT", "9"),
}  # fmt: skip
# What EANCOM calls its version of each message.
ASSOCIATIONS = {
    "96A": {"ORDERS": "EAN008", "ORDRSP": "EAN005", "DESADV": "EAN005", "INVOIC": "EAN008", "APERAK": "EAN001", "CONTRL": "EAN001",
            "PRICAT": "EAN008"},
    "01B": {"ORDERS": "EAN010", "ORDRSP": "EAN009", "DESADV": "EAN007", "INVOIC": "EAN011", "APERAK": "EAN004", "CONTRL": "EAN002",
            "PRICAT": "EAN010"},
}  # fmt: skip
FUNCTION_CODES = {name: code for code, name in reversed(list(codes.FUNCTIONS.items()))}
RESPONSE_CODES = {"accepted": "29", "changed": "4", "rejected": "27"}
ROLE_CODES = {name: code for code, name in reversed(list(codes.ROLES.items()))} | {
    "seller": "SU",
    "ship_to": "DP",
    "invoicee": "IV",
}
REFERENCE_CODES = {name: code for code, name in reversed(list(codes.REFERENCES.items()))} | {
    "buyer_reference": "CR",
    "payment": "PQ",
}
PARTY_NUMBER_CODES = {"tax_id": "VA", "tax_registration": "FC", "legal_id": "GN"}
INVOICES = frozenset({"invoice", "credit_note", "debit_note"})


def write_version(document: NeutralDocument, version: str = "") -> bytes:
    """A document as `d96a` (EANCOM EAN008, the default) or `d01b` (EAN010), `contrl` for an acknowledgement of the syntax.

    :raises CannotWrite: if the directory is neither, or the document says what the message has no place for.
    """
    if document.kind == "acknowledgement" and (version == "contrl" or document.format.endswith("contrl")):
        return write_control(document)
    directory = (version or "d96a").partition("-")[0].removeprefix("d").upper()
    if directory not in ASSOCIATIONS:
        raise CannotWrite(f"edifact-{version}")
    return write(document, directory=directory)


def write(document: NeutralDocument, *, directory: str = "96A", prepared_at: datetime | None = None) -> bytes:
    """An interchange with one message that says the document.

    The envelope is the document's own; without one it is that of its parties, from the seller to the buyer (an order the
    other way). `prepared_at` stands in UNB; without it the day of issue does, so that the same document gives the same bytes.

    :raises CannotWrite: if a value is longer than its element, or there is no element for it.
    """
    if document.kind not in KINDS:
        raise CannotWrite(document.kind)
    message, type_code = MESSAGES[document.kind]
    composer = Composer(directory, ASSOCIATIONS[directory][message])
    composer.reference = (document.envelope.message_reference if document.envelope else None) or ""
    if not document.number:
        raise NoPlaceFor(what="BGM 1004", value="—")
    _head(composer, document, message, document.type_code or type_code)
    if document.kind == "despatch_advice":
        write_packages(composer, document)
    elif document.kind == "acknowledgement":
        _errors(composer, document)
    elif document.kind == "price_catalogue":
        composer.say("PGI", "2")  # no groups of prices: all of them are the customer's own
        write_lines(composer, document, document.lines)
    else:
        write_lines(composer, document, document.lines)
        composer.say("UNS", "S")
        write_totals(composer, document)
        if document.lines:
            composer.say("CNT", ["2", str(len(document.lines))])
        write_taxes(composer, document)
    return enclosed([(message, composer)], sheet_of(document, prepared_at))


def sheet_of(document: NeutralDocument, prepared_at: datetime | None) -> Sheet:
    """The outside of the interchange that a document goes in."""
    said = document.envelope
    ours, theirs = ("buyer", "seller") if document.kind == "order" else ("seller", "buyer")
    issued = document.issued_on
    prepared_at = prepared_at or (said.prepared_at if said else None)
    if prepared_at is None:
        prepared_at = (
            datetime(issued.year, issued.month, issued.day, tzinfo=UTC) if issued else datetime(2000, 1, 1, tzinfo=UTC)
        )
    reference = said.reference if said and said.reference else (document.number or "1")[-MAX_SERVICE:]
    return Sheet(
        sender=(said.sender if said else None) or _address(document.party(ours)),
        receiver=(said.receiver if said else None) or _address(document.party(theirs)),
        reference=reference,
        prepared_at=prepared_at,
        test=bool(said and said.test),
    )


def _address(party: Party) -> str:
    found = party.gln or party.code or party.tax_id
    if not found:
        raise NoPlaceFor(what="UNB 0004", value="GLN")
    return found


# -- the head


def _head(composer: Composer, document: NeutralDocument, message: str, type_code: str) -> None:
    number = composer.text(document.number or "", 35, "BGM 1004")
    composer.say("BGM", composer.text(type_code, 3, "BGM 1001"), number, _function(document))
    if document.issued_on is not None:
        composer.day("137", document.issued_on)
    composer.window(document.requested, exact="2", first="64", last="63")
    composer.span(document.promised, "17" if document.kind == "despatch_advice" else "69")
    for qualifier, day in (
        ("35", document.delivered_on), ("11", document.despatched_on), ("131", document.tax_point_on),
    ):  # fmt: skip
        if day is not None:
            composer.day(qualifier, day)
    if document.period is not None:
        for qualifier, end in (("167", document.period.from_), ("168", document.period.to)):
            if end is not None:
                composer.day(qualifier, end)
    write_payments(composer, document)
    _texts(composer, document)
    _references(composer, document)
    for role, party in document.parties.items():
        _party(composer, document, role, party)
    if document.currency and message != "APERAK":
        usage = ["2", document.currency, "9" if message == "ORDERS" else "4"]
        composer.say("CUX", usage, ["6", document.tax_currency, "4"] if document.tax_currency else "")
    if document.due_on is not None:
        composer.say("PAT", "3")
        composer.day("13", document.due_on)
    write_allowances(composer, document.allowances)


def _function(document: NeutralDocument) -> str:
    said = document.function
    code = FUNCTION_CODES.get(said or "", said or "")
    if document.kind in ("order_response", "acknowledgement"):
        known = codes.DOCUMENT_RESPONSES if document.kind == "order_response" else codes.ACKNOWLEDGED
        if document.response and known.get(code) != document.response:
            return RESPONSE_CODES.get(document.response, "")
        return code
    return code or ("" if document.format.startswith("edifact") else "9")


def _texts(composer: Composer, document: NeutralDocument) -> None:
    if document.profile and document.kind in INVOICES:
        process = composer.text(document.profile.get("process", ""), composer.widths.service, "FTX 4441")
        customization = document.profile.get("customization", "")
        words = composer.words(customization, composer.widths.text, 5, "FTX 4440") if customization else [""]
        composer.say("FTX", "DOC", "", process, words)
    if document.terms:
        composer.say("FTX", "AAB", "", "", composer.words(document.terms, composer.widths.text, 5, "FTX 4440"))
    subjects = document.note_codes if document.kind != "order" else ()
    for place, note in enumerate(document.notes):
        subject = subjects[place] if place < len(subjects) and subjects[place] else "AAI"
        composer.say(
            "FTX",
            composer.text(subject, 3, "FTX 4451"),
            "",
            "",
            composer.words(note, composer.widths.text, 5, "FTX 4440"),
        )
    for tax in document.taxes:
        if tax.reason or tax.reason_code:
            text = ": ".join(one for one in (tax.reason_code, tax.reason) if one)
            composer.say(
                "FTX", "TXD", "", tax.category or "", composer.words(text, composer.widths.text, 5, "FTX 4440")
            )


def _references(composer: Composer, document: NeutralDocument) -> None:
    hidden = {"invoice"} if document.preceding else set()
    if document.kind == "acknowledgement" and _repeats(document.references, "acknowledged"):
        hidden.add("acknowledged")
    for name, value in document.references.items():
        if name not in hidden:
            refer(composer, name, value)
    for one in document.preceding:
        composer.say("RFF", ["IV", composer.text(one["number"], composer.widths.reference, "RFF 1154")])
        if one.get("issued_on") is not None:
            composer.day("171", one["issued_on"])


def _repeats(references: Mapping[str, str], name: str) -> bool:
    """Whether a reference only says again what the first one says."""
    first = next(iter(references.items()), ("", ""))
    return name in references and first[0] != name and first[1] == references[name]


def refer(composer: Composer, name: str, value: str, line: str = "") -> None:
    """A reference by its name; one that is no name is a qualifier."""
    qualifier = REFERENCE_CODES.get(name, name)
    if len(qualifier) > 3 or not qualifier.isascii() or not qualifier.isalnum():
        raise NoPlaceFor(what="RFF 1153", value=name)
    where = f"RFF+{qualifier} 1154"
    composer.say(
        "RFF", [qualifier, composer.text(value, composer.widths.reference, where), composer.text(line, 6, "RFF 1156")]
    )


def _party(composer: Composer, document: NeutralDocument, role: str, party: Party) -> None:
    code = ROLE_CODES.get(role, role.upper())
    if len(code) > 3:
        raise NoPlaceFor(what="NAD 3035", value=role)
    if document.kind in INVOICES and role == "seller":
        code = "SU" if composer.directory == "96A" else "SE"
    widths = composer.widths
    identity: Sequence[str] | str = ""
    if party.gln or party.code:
        agency = party.agency or ("9" if party.gln else "")
        known = composer.text(party.gln or party.code or "", widths.code, "NAD 3039")
        identity = [known, agency] if len(agency) == 4 else [known, "", composer.text(agency, 3, "NAD 3055")]
    streets = [one for one in (party.street, party.street_2, party.street_3) if one]
    composer.say(
        "NAD", code, identity, "",
        composer.words(party.name, 35, 5, "NAD 3036") if party.name else "",
        [composer.text(one, 35, "NAD 3042") for one in streets],
        composer.text(party.city or "", 35, "NAD 3164"),
        composer.text(party.region or "", 9, "NAD 3229"),
        composer.text(party.postcode or "", widths.postcode, "NAD 3251"),
        composer.text(party.country or "", 3, "NAD 3207"),
    )  # fmt: skip
    if document.kind in INVOICES and (role == "payee" or (role == "seller" and "payee" not in document.parties)):
        _accounts(composer, document)
    for name, qualifier in PARTY_NUMBER_CODES.items():
        value = getattr(party, name)
        if value and not (name == "tax_id" and document.kind == "order" and value == party.legal_id):
            composer.say("RFF", [qualifier, composer.text(value, widths.reference, f"RFF+{qualifier} 1154")])
    for name, value in party.references.items():
        refer(composer, name, value)
    if party.contact:
        composer.say("CTA", "IC", ["", composer.text(party.contact, 35, "CTA 3412")])
    for value, channel in ((party.phone, "TE"), (party.email, "EM")):
        if value:
            composer.say("COM", [composer.text(value, 512, "COM 3148"), channel])


def _accounts(composer: Composer, document: NeutralDocument) -> None:
    """Where to pay to, and from where it is drawn."""
    debited = {one.debited_account for one in document.payments if one.debited_account}
    for account in sorted(debited):
        composer.say("FII", "BI", [composer.text(account, 35, "FII 3194")])
    for payment in document.payments:
        if payment.account:
            name = composer.words(payment.account_name, 35, 2, "FII 3192") if payment.account_name else []
            bank = composer.text(payment.bank or "", 11, "FII 3433")
            composer.say("FII", "RB", [composer.text(payment.account, 35, "FII 3194"), *name], [bank])


def _errors(composer: Composer, document: NeutralDocument) -> None:
    for one in document.reported:
        composer.say("ERC", composer.text(one.code or "", 8, "ERC 9321"))
        if one.text:
            composer.say("FTX", "AAO", "", "", composer.words(one.text, composer.widths.text, 5, "FTX 4440"))
        if one.line:
            composer.say("RFF", ["LI", composer.text(one.line, composer.widths.reference, "RFF+LI 1154")])
        if one.where:
            qualifier, space, value = one.where.partition(" ")
            if not space or not (
                1 < len(qualifier) < 4 and qualifier.isascii() and qualifier.isupper() and qualifier.isalpha()
            ):
                qualifier, value = "ZZZ", one.where
            composer.say("RFF", [qualifier, composer.text(value, composer.widths.reference, f"RFF+{qualifier} 1154")])
