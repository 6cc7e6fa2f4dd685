"""The neutral document: what every reader makes of the bytes it gets, whatever their format.

Values are as the document says them: decimals, days, moments without zone (the wall clock of the place of delivery, since
these documents name none) and text. What isn't said is None and left out of the JSON; nothing is invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.exchange.formats import labels

ORDER_KINDS = frozenset({"order", "order_change", "order_cancellation"})


@dataclass(frozen=True)
class Fault:
    """Something wrong or remarkable in a document: where it is, what was received, what would be right."""

    code: str
    severity: str
    where: str = ""
    received: str | None = None
    right: str | None = None
    line: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    segment: int | None = None
    offset: int | None = None

    @property
    def blocking(self) -> bool:
        return self.severity == labels.BLOCKING

    @property
    def values(self) -> dict[str, Any]:
        """All that the sentence of this fault may name."""
        return {"where": self.where, "received": self.received, "right": self.right, "line": self.line, **self.params}

    def sentence(self, lang: str = "es") -> str:
        return labels.sentence(self.code, self.values, lang)

    def as_json(self) -> dict[str, Any]:
        """As `document show` prints it; `segment` counts from 1 in the interchange, `offset` from 0 in its characters."""
        shown = {
            "code": self.code,
            "severity": self.severity,
            "where": self.where,
            "line": self.line,
            "row": self.params.get("row"),
            "column": self.params.get("column"),
            "rule": self.params.get("rule"),
            "segment": self.segment,
            "offset": self.offset,
            "received": self.received,
            "right": self.right,
        }
        said = {key: value for key, value in shown.items() if value is not None and value != ""}
        return said | {"sentence": {"es": self.sentence("es"), "en": self.sentence("en")}}


LONGEST_PLACE = 400  # a path of elements is a third of this, unless somebody names an element with two thousand letters


def fault(
    code: str,
    *,
    where: str = "",
    received: object = None,
    right: object = None,
    line: str | None = None,
    severity: str | None = None,
    segment: int | None = None,
    offset: int | None = None,
    **params: Any,
) -> Fault:
    """A fault with the severity of its code, and what was received cut to a readable length."""
    made = object.__new__(Fault)  # setting each field of what is frozen takes long, and damaged files have thousands
    made.__dict__.update(
        code=code,
        severity=severity or labels.SEVERITIES[code],
        where=where if len(where) <= LONGEST_PLACE else shortened(where, limit=LONGEST_PLACE),
        received=None if received is None else shortened(str(received)),
        right=None if right is None else shortened(str(right)),
        line=line if line is None or len(line) <= 80 else shortened(line),
        params={key: shortened(value) if isinstance(value, str) else value for key, value in params.items()},
        segment=segment,
        offset=offset,
    )
    return made


def shortened(text: str, *, limit: int = 80) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "␀")  # what no database stores is shown by its picture
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True, slots=True)
class Party:
    """A party as the document names it: `gln` when the code is one, `code` as received and the agency that gave it.

    `codes` are its further codes, by agency; `legal_id` is its number in the register of companies, `tax_registration` a tax
    number that is not for VAT, `endpoint` its electronic address.
    """

    gln: str | None = None
    code: str | None = None
    agency: str | None = None
    tax_id: str | None = None
    name: str | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country: str | None = None
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    trade_name: str | None = None
    street_2: str | None = None
    street_3: str | None = None
    legal_id: str | None = None
    legal_id_scheme: str | None = None
    legal_form: str | None = None
    tax_registration: str | None = None
    endpoint: str | None = None
    endpoint_scheme: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return _said({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Window:
    """When something is wanted: both ends are included, as days or as moments without zone."""

    from_: date | datetime | None = None
    to: date | datetime | None = None

    @property
    def first_day(self) -> date | None:
        return self.from_.date() if isinstance(self.from_, datetime) else self.from_

    @property
    def last_day(self) -> date | None:
        return self.to.date() if isinstance(self.to, datetime) else self.to

    def as_json(self) -> dict[str, Any]:
        return _said({"from": self.from_, "to": self.to})


@dataclass(frozen=True, slots=True)
class Allowance:
    """Something taken off (or, as a charge, put on) a document or a line. Amounts in the document's currency, percent of 100."""

    charge: bool = False
    amount: Decimal | None = None
    base: Decimal | None = None
    percent: Decimal | None = None
    reason: str | None = None
    reason_code: str | None = None
    tax_category: str | None = None
    tax_rate: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in self.__slots__ if name != "charge"}
        return {"charge": self.charge} | _said(said)


@dataclass(frozen=True, slots=True)
class Tax:
    """One row of a tax breakdown: `category` of UNCL5305, `kind` the tax itself (VAT, INC, IRPF; withheld when `withheld`)."""

    category: str | None = None
    rate: Decimal | None = None
    base: Decimal | None = None
    amount: Decimal | None = None
    kind: str | None = None
    reason: str | None = None
    reason_code: str | None = None
    withheld: bool = False

    def as_json(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in self.__slots__ if name != "withheld"}
        return _said(said | {"withheld": self.withheld or None})


@dataclass(frozen=True, slots=True)
class Payment:
    """How to pay, or how it was paid: `code` of UNCL4461, an account, and the words to quote with it.

    `due_on` and `amount` are those of one instalment, where a document divides what is to be paid.
    """

    code: str | None = None
    text: str | None = None
    account: str | None = None
    account_name: str | None = None
    bank: str | None = None
    quote: str | None = None
    mandate: str | None = None
    debited_account: str | None = None
    card: str | None = None
    card_holder: str | None = None
    due_on: date | None = None
    amount: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        return _said({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Package:
    """A logistic unit: its SSCC, its kind (UN/ECE Rec 21), the unit that holds it. Lines point at it by `package`."""

    number: str | None = None
    sscc: str | None = None
    kind: str | None = None
    count: Decimal | None = None
    within: str | None = None
    weight: Decimal | None = None
    weight_unit: str | None = None

    def as_json(self) -> dict[str, Any]:
        return _said({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Lot:
    """Goods of one batch on a line: its number, until when they are good, and how many."""

    number: str | None = None
    expires_on: date | None = None
    quantity: Decimal | None = None
    serial: str | None = None

    def as_json(self) -> dict[str, Any]:
        return _said({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Reported:
    """What the other side says is wrong with a document of ours (CONTRL, APERAK, 997, invoice response)."""

    code: str | None = None
    text: str | None = None
    where: str | None = None
    line: str | None = None

    def as_json(self) -> dict[str, Any]:
        return _said({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sent the file to whom, by the wrapping of the format. `group` is the control number of a functional group,
    `group_kind` what it carries and `version` its version, where a format has groups that are answered by their number; `first_segment` is
    where the message begins in its interchange, since what answers it counts from there. `prepared_at` is when a
    document of ours is written, as the company's clock shows it."""

    sender: str | None = None
    receiver: str | None = None
    reference: str | None = None
    message_reference: str | None = None
    test: bool = False
    group: str | None = None
    group_kind: str | None = None
    version: str | None = None
    first_segment: int | None = None
    prepared_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        said = {
            name: getattr(self, name) for name in self.__slots__ if name not in ("test", "first_segment", "prepared_at")
        }
        return _said(said | {"test": self.test or None})


@dataclass
class NeutralLine:
    """One line. `quantity` is None when it could not be read; `quantity_received` is always the text that came.

    Never changed once made; not frozen and without slots, since files have many: a reader in a hurry makes one of a
    dictionary of what is said, and the rest stays with the class.
    """

    line_number: str
    gtin: str | None = None
    seller_code: str | None = None
    buyer_code: str | None = None
    text: str | None = None
    quantity: Decimal | None = None
    quantity_received: str | None = None
    unit_code: str | None = None
    unit_received: str | None = None
    price: Decimal | None = None
    price_kind: str | None = None
    price_basis: Decimal | None = None
    amount: Decimal | None = None
    requested: Window | None = None
    free: Decimal | None = None
    quantities: Mapping[str, Decimal] | None = None
    response: str | None = None
    tax_rate: Decimal | None = None
    notes: tuple[str, ...] = ()
    codes: Mapping[str, str] | None = None
    references: Mapping[str, str] | None = None
    place: int | None = None
    reason: str | None = None
    reason_code: str | None = None
    promised: Window | None = None
    period: Window | None = None
    tax_category: str | None = None
    tax_reason: str | None = None
    gross_price: Decimal | None = None
    price_discount: Decimal | None = None
    allowances: tuple[Allowance, ...] = ()
    amounts: Mapping[str, Decimal] | None = None
    lots: tuple[Lot, ...] = ()
    package: str | None = None
    name: str | None = None
    attributes: Mapping[str, str] | None = None
    origin_country: str | None = None
    taxes: tuple[Tax, ...] = ()
    description: str | None = None

    def as_json(self) -> dict[str, Any]:
        own = self.__dict__
        return _said({name: value for name in _OF_LINE if (value := own.get(name)) is not None})


def line_of(said: dict[str, Any]) -> NeutralLine:
    """A line of what is said, the rest left to the class: quick, and small, for files of many thousand lines."""
    made = object.__new__(NeutralLine)
    made.__dict__ = said
    return made


_OF_LINE = tuple(field.name for field in fields(NeutralLine) if field.name != "place")


@dataclass(frozen=True)
class NeutralDocument:
    """One document of a file, with all that is wrong in it. `blocked` says that no order may be made of it.

    `type_code` is the kind of document of UNCL1001, `profile` the agreement it follows (`customization`, `process`);
    `references` has `order`, `despatch_advice`, `receipt_advice`, `invoice`, `contract`, `order_response`, `project`,
    `acknowledged` (what a reply answers) and so on; `response` is accepted, changed, rejected or received; `totals` has
    `lines`, `allowances`, `charges`, `taxable`, `tax`, `with_tax`, `prepaid`, `rounding`, `payable`, `withheld`.
    `mail` holds what only an e-mail says and stands at the top of its JSON; `places` says where on the page a field was
    read (`page`, `box`) and how sure the reader is (`confidence`). `note_codes` says what each of `notes` is about
    (UNCL4451), `preceding` are the invoices it is about (`number`, `issued_on`), `tax_currency` the one taxes are told in,
    `exchange_rate` what one unit of the document's currency is worth in that one.
    """

    format: str
    kind: str
    number: str | None = None
    function: str | None = None
    issued_on: date | None = None
    currency: str | None = None
    parties: Mapping[str, Party] = field(default_factory=dict)
    requested: Window | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[NeutralLine, ...] = ()
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    envelope: Envelope | None = None
    type_code: str | None = None
    profile: Mapping[str, str] = field(default_factory=dict)
    response: str | None = None
    due_on: date | None = None
    delivered_on: date | None = None
    despatched_on: date | None = None
    tax_point_on: date | None = None
    tax_point_code: str | None = None
    period: Window | None = None
    promised: Window | None = None
    terms: str | None = None
    payments: tuple[Payment, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    taxes: tuple[Tax, ...] = ()
    packages: tuple[Package, ...] = ()
    reported: tuple[Reported, ...] = ()
    attachments: tuple[Mapping[str, Any], ...] = ()
    mail: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    note_codes: tuple[str, ...] = ()
    tax_currency: str | None = None
    preceding: tuple[Mapping[str, Any], ...] = ()
    exchange_rate: Decimal | None = None
    exchange_rate_on: date | None = None

    @property
    def blocked(self) -> bool:
        return any(fault.severity == labels.BLOCKING for fault in self.faults)

    @property
    def rejection_reason(self) -> str | None:
        """The named reason (of the closed list) of the first fault that blocks."""
        return next((labels.REASONS[one.code] for one in self.faults if one.blocking), None)

    def party(self, role: str) -> Party:
        return self.parties.get(role) or Party()

    def as_json(self, *, lines: bool = True, faults: bool = True) -> dict[str, Any]:
        """The shape of `document show`; `faults` is always there if wanted, the rest when the document says it."""
        own = self.__dict__
        said = _said({name: value for name in _OF_DOCUMENT if (value := own.get(name)) is not None})
        if lines and self.lines:
            said["lines"] = [line.as_json() for line in self.lines]
        if self.mail:
            said |= _said(self.mail)
        return said | {"faults": [fault.as_json() for fault in self.faults]} if faults else said


_OF_DOCUMENT = tuple(field.name for field in fields(NeutralDocument) if field.name not in ("lines", "faults", "mail"))


def document_of(said: Mapping[str, Any]) -> NeutralDocument:
    """A document of these fields, made in one go: setting each field of what is frozen takes ten times as long."""
    made = object.__new__(NeutralDocument)
    made.__dict__.update(
        {"parties": {}, "references": {}, "totals": {}, "profile": {}, "mail": {}, "places": {}}, **said
    )
    return made


def with_faults(document: NeutralDocument, faults: Sequence[Fault]) -> NeutralDocument:
    """The document with these faults after its own."""
    return document_of({**document.__dict__, "faults": (*document.faults, *faults)})


def unreadable(format_: str, *faults: Fault, envelope: Envelope | None = None) -> NeutralDocument:
    return NeutralDocument(format=format_, kind="unreadable", envelope=envelope, faults=faults)


class CannotWrite(ValueError):
    """The document cannot be said in this format: there is no writer, or it lacks what the format cannot be without."""


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are there, as JSON holds them."""
    return {
        key: value if type(value) is str else _plain(value)
        for key, value in values.items()
        if value is not None and (value or not isinstance(value, _EMPTY)) and not isinstance(value, bytes)
    }


_EMPTY = (str, tuple, dict)


def _plain(value: Any) -> Any:
    if type(value) is str:  # what most are
        return value
    if type(value) is Decimal:
        return format(value, "f")
    if type(value) is dict:
        return _said(value)
    if isinstance(value, date):  # moments are dates too
        return value.isoformat()
    if isinstance(value, Mapping):
        return _said(value)
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return value.as_json() if hasattr(value, "as_json") else value
