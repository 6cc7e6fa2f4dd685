"""One partner by EDIFACT, both ways: order, answer, change, despatch, damage at the door, invoice, credit, and a remittance
that keeps something back. Nobody touches anything but the lorry and the credit note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from promesa.billing import operations as billing
from promesa.billing.models import Application, Invoice, Payment
from promesa.cli.check import broken
from promesa.core import bulk
from promesa.core.models import Parameter
from promesa.exchange import formats, operations
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine
from promesa.exchange.models import Document, OutgoingDocument
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, open_shop, take_in
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.models import DespatchAdvice
from promesa.orders.models import LineEntry, Order
from promesa.work.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal
US, THEM, PLACE = "8400000000017", "8412345000010", "8412345000027"
OIL, TUNA = "8437002000202", "8437002000219"
KINDS = ("order_response", "despatch_advice", "invoice", "credit_note")


class Partner:
    """The customer's end of the line: what it sends, and what lies in its box."""

    def __init__(self, settle: Callable[[], None]) -> None:
        self.settle, self.sent, self.seen = settle, 0, set[str]()
        self.box = Path(settings.HOME) / "exchange" / "outbox" / "RUBIO"

    def send(self, type_: str, body: list[str], at: datetime, *, ask: str = "") -> Document:
        """One message in an interchange of its own, through the inbox, until nothing more happens."""
        self.sent += 1
        head = f"UNB+UNOC:3+{THEM}:14+{US}:14+{at:%y%m%d}:{at:%H%M}+R{self.sent:04d}++{type_}++{ask}".rstrip("+")
        release = "D:3:UN" if type_ == "CONTRL" else "D:96A:UN:EAN008"
        segments = [f"UNH+1+{type_}:{release}", *body]
        said = [head, *segments, f"UNT+{len(segments) + 1}+1", f"UNZ+1+R{self.sent:04d}"]
        content = ("UNA:+.? '" + "'".join(said) + "'").encode("latin-1")
        (document,) = take_in(content, f"{type_}-{self.sent}.edi", at=at, channel="edi", partner_code="RUBIO")
        self.settle()
        document.refresh_from_db()
        return document

    def receives(self, kind: str, at: datetime) -> NeutralDocument:
        """The one new document of a kind in its box, read, and acknowledged by a CONTRL of its interchange."""
        self.settle()
        operations.send_due(by=BY, at=at)
        self.settle()
        fresh = [path for path in sorted(self.box.glob(f"{kind}-*")) if path.name not in self.seen]
        assert len(fresh) == 1, (kind, [path.name for path in self.box.glob("*")])
        self.seen.add(fresh[0].name)
        (read,) = formats.read(fresh[0].read_bytes(), filename=fresh[0].name)
        assert [fault.sentence() for fault in read.faults if fault.blocking] == []
        assert read.envelope is not None
        uci = f"UCI+{read.envelope.reference}+{US}:14+{THEM}:14+7"
        answer = self.send("CONTRL", [uci], at + timedelta(minutes=5))
        row = OutgoingDocument.objects.get(reference=read.envelope.reference)
        assert (answer.outcome, answer.subject, row.kind, row.state) == (
            "applied", f"outgoing:{row.pk}", kind, "acknowledged",
        )  # fmt: skip
        return read


def open_company() -> None:
    open_shop()
    ours = {
        "name": "Aceites del Sur, S.A.",
        "gln": US,
        "tax_id": "ESA28000016",
        "city": "Dos Hermanas",
        "country": "ES",
    }
    for name, value in ours.items():
        Parameter.objects.create(code=f"company.{name}", value=value, valid_from=date(2000, 1, 1), changed_by="test")
    number = add_customer("C-1", name="Supermercados Rubio, S.A.", gln=THEM, tax_id="ESA28123453")
    bulk.run("UPDATE customers_site SET is_default = true, gln = %s", [PLACE])
    add_item("AC-05", "30", gtin=OIL, name="Aceite de oliva 5 L", stock=500)
    add_item("AT-12", "4.50", gtin=TUNA, name="Atún claro 120 g", stock=40)
    operations.put_partner(
        code="RUBIO",
        name="Supermercados Rubio",
        identifier=THEM,
        customer_id=number,
        acknowledges="on_request",
        by=BY,
        at=AT,
    )
    for kind in KINDS:
        operations.set_answer(
            partner_code="RUBIO",
            kind=kind,
            format_="edifact-d96a",
            channel="folder",
            acknowledge_minutes=60,
            by=BY,
            at=AT,
        )
    operations.set_answer(
        partner_code="RUBIO", kind="acknowledgement", format_="edifact-contrl", channel="folder", by=BY, at=AT
    )


def parties() -> list[str]:
    return [f"NAD+BY+{THEM}::9", f"NAD+SU+{US}::9", f"NAD+DP+{PLACE}::9"]


def order() -> list[str]:
    return [
        "BGM+220+4500-77+9", "DTM+137:20260302:102", "DTM+2:20260312:102", *parties(), "CUX+2:EUR:9",
        f"LIN+1++{OIL}:EN", "QTY+21:40", "PRI+AAA:30", f"LIN+2++{TUNA}:EN", "QTY+21:60", "PRI+AAA:4.5", "UNS+S", "CNT+2:2",
    ]  # fmt: skip


def change() -> list[str]:
    return [
        "BGM+230+4500-77-A+4", "DTM+137:20260303:102", "RFF+ON:4500-77", *parties(), f"LIN+1+3+{OIL}:EN", "QTY+21:48",
        "UNS+S", "CNT+2:1",
    ]  # fmt: skip


def receipt(note: str) -> list[str]:
    return [
        "BGM+632+REC-9+9", "DTM+137:20260312:102", "DTM+50:20260312:102", f"RFF+AAK:{note}", "RFF+ON:4500-77", *parties(),
        "CPS+1", f"LIN+1++{OIL}:EN", "QTY+12:48", "QTY+48:48", "QTY+195:4", "FTX+AAI+++Cuatro garrafas rotas",
        f"LIN+2++{TUNA}:EN", "QTY+12:40", "QTY+48:40",
    ]  # fmt: skip


def remittance(invoice: str, credit: str, *, due: Decimal, paid: Decimal, credited: Decimal) -> list[str]:
    kept = due - paid
    return [
        "BGM+481+TR-551+9", "DTM+137:20260410:102", f"NAD+PR+{THEM}::9", f"NAD+PE+{US}::9", "CUX+2:EUR:11",
        f"DOC+380+{invoice}", f"MOA+9:{due}", f"MOA+12:{paid}", "AJT+21", f"MOA+165:{kept}", "FTX+AAI+++Rappel de marzo",
        f"DOC+381+{credit}", f"MOA+9:{credited}", f"MOA+12:{credited}", "UNS+S", f"MOA+12:{paid - credited}",
    ]  # fmt: skip


def coming(line: NeutralLine) -> Decimal | None:
    """What of a line of an order response comes."""
    return (line.quantities or {}).get("accepted", line.quantity)


def order_and_change(them: Partner) -> Order:
    """An order, its answer, a change of it, and the answer to that."""
    # The order: 60 of tuna, of which 40 are there. They ask for a CONTRL and get one.
    taken = them.send("ORDERS", order(), AT, ask="1")
    assert (taken.outcome, taken.format) == ("orders", "edifact-d96a-orders")
    one = Order.objects.get()
    assert (one.state, one.po_number) == ("confirmed", "4500-77")
    operations.send_due(by=BY, at=AT)
    (control,) = formats.read(next(them.box.glob("acknowledgement-*")).read_bytes(), filename="c.edi")
    assert (control.kind, control.response, control.references["acknowledged"]) == (
        "acknowledgement",
        "accepted",
        "R0001",
    )
    them.seen |= {path.name for path in them.box.glob("acknowledgement-*")}

    # The answer: what of it comes and when.
    said = them.receives("order_response", AT + timedelta(minutes=10))
    assert (said.references["order"], said.number) == ("4500-77", f"{one.number}-1")
    assert [(line.response, coming(line)) for line in said.lines] == [("accepted", D(40)), ("changed", D(40))]

    # The change: 48 garrafas instead of 40; a second answer says so, and the first is not told again.
    changed = them.send("ORDCHG", change(), AT + timedelta(days=1))
    assert (changed.outcome, changed.order_id) == ("applied", one.pk)
    said = them.receives("order_response", AT + timedelta(days=1, minutes=10))
    assert said.number == f"{one.number}-2"
    assert [coming(line) for line in said.lines] == [D(48), D(40)]
    return one


def goods_and_damage(them: Partner, one: Order) -> datetime:
    """What leaves, and what of it arrives whole; the moment at which it arrived."""
    # What leaves is told, and what arrives broken is told back.
    left = AT + timedelta(days=9)
    note = fulfilment.despatch(order_id=one.pk, carrier="Transportes Sur", by=BY, at=left).number
    said = them.receives("despatch_advice", left + timedelta(minutes=10))
    assert (said.number, [line.quantity for line in said.lines]) == (note, [D(48), D(40)])
    arrived = AT + timedelta(days=10, hours=4)
    received = them.send("RECADV", receipt(note), arrived)
    assert (received.outcome, received.subject) == ("applied", f"despatch:{DespatchAdvice.objects.get().pk}")

    # Four are promised anew, and they are told so.
    said = them.receives("order_response", arrived + timedelta(minutes=10))
    assert said.number == f"{one.number}-3"
    promised = [line.promised and (line.promised.first_day, line.promised.last_day) for line in said.lines]
    assert promised[0] == (date(2026, 3, 12), date(2026, 3, 13))
    return arrived


def bill_and_money(them: Partner, one: Order, arrived: datetime) -> Invoice:
    """The invoice, a credit note, and what they pay of both."""
    # The broken ones are not invoiced. Two more turn out cracked in a shop: they are credited.
    invoice = billing.issue_invoice(order_id=one.pk, by=BY, at=arrived + timedelta(hours=1)).number
    said = them.receives("invoice", arrived + timedelta(hours=2))
    assert (said.number, said.totals["payable"]) == (invoice, D("1650.00"))
    assert [(line.quantity, line.amount) for line in said.lines] == [(D(44), D("1320.00")), (D(40), D("180.00"))]
    claimed = arrived + timedelta(days=5)
    credit = billing.issue_credit_note(invoice=invoice, cause="C4", lines={1: D(2)}, by=BY, at=claimed).number
    said = them.receives("credit_note", claimed + timedelta(hours=1))
    assert (said.number, said.totals["payable"]) == (credit, D("66.00"))
    assert said.references["invoice"] == invoice

    # They pay the invoice less the credit note, and keep 50 back for a rebate that we know nothing of.
    paid = them.send(
        "REMADV", remittance(invoice, credit, due=D(1650), paid=D(1600), credited=D(66)), arrived + timedelta(days=28)
    )
    assert (paid.outcome, paid.subject) == ("applied", f"payment:{Payment.objects.get().pk}")
    assert Payment.objects.get().amount == D(1534)
    return Invoice.objects.get(number=invoice)


def test_from_order_to_remittance_both_sides_say_what_happened_and_the_books_agree(settle: Callable[[], None]) -> None:
    open_company()
    them = Partner(settle)
    one = order_and_change(them)
    arrived = goods_and_damage(them, one)
    bill = bill_and_money(them, one, arrived)

    # What the books say of it all.
    entries = LineEntry.objects.order_by("id").values_list("line__line_number", "kind", "quantity", "cause", "reason")
    assert [(line, kind, quantity, cause, reason) for line, kind, quantity, cause, reason in entries] == [
        (1, "despatched", 48, "", ""), (2, "despatched", 40, "", ""), (1, "accepted", 44, "", ""),
        (1, "brought_back", 4, "C4", "damage"), (2, "accepted", 40, "", ""), (1, "invoiced", 44, "", ""),
        (2, "invoiced", 40, "", ""), (1, "credited", 2, "C4", ""),
    ]  # fmt: skip
    assert (bill.payable_amount, sum(Application.objects.filter(invoice=bill).values_list("amount", flat=True))) == (
        1650,
        1600,
    )
    assert (bill.disputed_at is not None, "50" in bill.dispute_reason, "Rappel de marzo" in bill.dispute_reason) == (
        True, True, True,
    )  # fmt: skip
    assert [(row.kind, row.state) for row in OutgoingDocument.objects.exclude(kind="acknowledgement").order_by("id")] == [
        ("order_response", "acknowledged"), ("order_response", "acknowledged"), ("despatch_advice", "acknowledged"),
        ("order_response", "acknowledged"), ("invoice", "acknowledged"), ("credit_note", "acknowledged"),
    ]  # fmt: skip
    assert not Document.objects.filter(outcome="waiting").exists()
    waiting = set(WorkItem.objects.filter(state="open").values_list("kind", flat=True))
    assert waiting == {"refused_goods", "replace", "shortage", "dispute"}
    assert [(one["invariant"], one["keys"]) for one in broken() if one["rows"]] == []
