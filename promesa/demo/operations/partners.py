"""Partners of the last weeks: who sends what, what each gets back, and what they say of it. Nothing leaves the machine: what
is sent lies in the folder of its partner, or is kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from promesa.core import store
from promesa.core.actors import Actor
from promesa.core.models import Parameter
from promesa.customers.models import Customer
from promesa.demo import company as table
from promesa.demo import papers
from promesa.demo.company import Company
from promesa.demo.life import DEMO, Life, clock
from promesa.demo.operations.days import hear
from promesa.exchange import formats
from promesa.exchange import operations as exchange
from promesa.exchange.formats.edifact.write_control import control_of
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.operations import mailbox as mailing

SENDER = Actor("schedule:send")
# By EDIFACT both ways, by Peppol, on paper, by mail.
BY_EDIFACT, BY_UBL, ON_PAPER, BY_MAIL = ("C-001", "C-002"), "C-006", "C-014", "C-016"
TOLD = ("order_response", "despatch_advice", "invoice", "credit_note")
SAYS_WITHIN, ANSWERS_AFTER = 60, timedelta(minutes=20)


def agree(*, company: Company, at: datetime) -> None:
    """Write down how each partner is exchanged with: formats, channels, whose addresses are trusted."""
    day = company.first - timedelta(days=1)
    ours = {"gln": table.GLN, "tax_id": "ESA29000001", "street": "Polígono Industrial Antequera, 12", "postcode": "29200",
            "city": "Antequera", "country": "ES", "email": papers.ORDERS_AT}  # fmt: skip
    Parameter.objects.bulk_create(
        Parameter(code=f"company.{name}", value=value, valid_from=day, changed_by=DEMO) for name, value in ours.items()
    )
    ids = dict(Customer.objects.values_list("number", "pk"))
    for number in (*BY_EDIFACT, BY_UBL, ON_PAPER, BY_MAIL):
        one = company.customers[number]
        exchange.put_partner(
            code=number, name=one.name, identifier=one.gln, customer_id=ids[number],
            acknowledges="always" if number in BY_EDIFACT else "never", by=DEMO, at=at,
        )  # fmt: skip
    for number in BY_EDIFACT:
        for kind in TOLD:
            _tell(number, kind, "edifact-d96a", "folder", at, within=SAYS_WITHIN)
        _tell(number, "acknowledgement", "edifact-contrl", "folder", at)
    for kind in TOLD:
        _tell(BY_UBL, kind, "ubl", "folder", at)
    for number in (ON_PAPER, BY_MAIL):
        _tell(number, "order_response", "ubl", "none", at)
        _tell(number, "invoice", "facturae" if number == ON_PAPER else "facturx", "none", at)
    mailing.put_mailbox(name="pedidos", values={"address": papers.ORDERS_AT}, by=DEMO, at=at)
    address = company.customers[BY_MAIL].row["email"]
    mailing.put_mail_addresses(partner_code=BY_MAIL, addresses=[address], trusted=True, by=DEMO, at=at)


def _tell(number: str, kind: str, format_: str, channel: str, at: datetime, within: int | None = None) -> None:
    exchange.set_answer(
        partner_code=number, kind=kind, format_=format_, channel=channel, acknowledge_minutes=within, by=DEMO, at=at
    )


def trade(*, life: Life, day: date) -> None:
    """In the evening what partners are to be told is sent, and they say that they have it; the newest only a day later.

    On the last day what has come up is sent, and nobody has answered yet.
    """
    hear()
    ended = day == life.tale.today
    at = life.tale.now if ended else clock(day, 18, 30)
    exchange.send_due(by=SENDER, at=at)
    if ended:
        return
    unsaid = OutgoingDocument.objects.filter(state="sent", partner__code__in=BY_EDIFACT, kind__in=TOLD).order_by("pk")
    for sent in list(unsaid.select_related("partner"))[:-1]:
        assert sent.partner is not None
        read = formats.read(store.load(sent.sha256), filename=sent.name)
        content = formats.write(control_of(read), format_="edifact-contrl").content
        said = (sent.sent_at or at) + ANSWERS_AFTER
        file = exchange.receive_file(
            content=content, name=f"CONTRL_{sent.reference}.edi", channel="edi", partner_code=sent.partner.code,
            by=Actor(f"edi:{life.tale.company.customers[sent.partner.code].gln}"), at=said,
        )  # fmt: skip
        exchange.read_file(file_id=file.pk, by=Actor("edi"), at=said)
