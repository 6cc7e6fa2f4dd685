"""What waits on the story's last day, so that every page has something to decide: holds, drafts, documents, disputes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from promesa.billing import operations as billing
from promesa.catalog import operations as catalog
from promesa.core.actors import Actor
from promesa.customers import operations as customers
from promesa.demo import company as table
from promesa.demo import documents, papers, queries
from promesa.demo.life import MADRID, PROMESA, Life, clock
from promesa.demo.operations import desks, partners, scarcity
from promesa.demo.operations.days import draft_of, keep
from promesa.demo.operations.lately import take_in, take_mail
from promesa.demo.tale import BY_DOCUMENT, ONE_DAY, Wish
from promesa.exchange import operations as exchange
from promesa.exchange.operations.alignment import take_catalogue
from promesa.exchange.rules.alignment import Theirs
from promesa.fulfilment import operations as fulfilment
from promesa.orders import operations as orders
from promesa.orders.rules import DraftLine
from promesa.results import operations as results

SCHEDULE = Actor("schedule:morning")


class Today:
    """The cases of the last day; `ago` counts minutes back from its last moment."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.now = life.tale.now
        self.company = life.tale.company

    def ago(self, minutes: int) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def wish(self, customer: str, lines: Sequence[tuple[str, int]], *, minutes: int, po: str, days: int = 4) -> Wish:
        """An order of today."""
        one = self.company.customers[customer]
        site = one.sites[0]
        transit = int(site.row["transit_days"])
        there = self.company.warehouse.add_business_days(self.now.astimezone(MADRID).date(), transit)
        window = site.windows.first_window_at_or_after(site.windows.calendar.add_business_days(there, days - 1))
        assert window is not None
        return Wish(
            po,
            self.ago(minutes),
            customer,
            site.number,
            one.channel,
            window.opens.astimezone(MADRID).date(),
            tuple(lines),
        )

    def capture(self, wish: Wish, *, by: Actor | None = None, **changes: object) -> int:
        draft = replace(draft_of(self.life, wish), **changes)  # type: ignore[arg-type]
        captured = orders.capture_order(draft=draft, by=by or self.life.someone(wish), at=wish.at)
        assert captured.order_id is not None, captured
        return captured.order_id


def eve(*, life: Life) -> None:
    """The evening before the last day: everybody has read what changed, and an agreement is signed too late."""
    desks.look_back(life=life)
    today = life.tale.today
    coming = sorted((one for one in life.coming[today] if one.at <= life.tale.now), key=lambda one: one.order_id)
    coming.sort(key=lambda one: life.customer(life.wishes[one.order_id]).channel in BY_DOCUMENT)
    signed = next(iter(coming), None)
    if signed is not None:
        wish = life.wishes[signed.order_id]
        sku = wish.lines[0][0]
        price = (life.tale.company.list_price(sku, wish.day) * Decimal("0.93")).quantize(Decimal("0.01"))
        catalog.put_agreements(
            rows=[{"customer": wish.customer, "sku": sku, "unit_price": price, "valid_from": wish.day,
                   "reference": f"ACU-{today.year}-99"}],
            by=life.users["lucia"], at=life.tale.now - timedelta(hours=18),
        )  # fmt: skip


def leave_standing(*, life: Life, day: date) -> None:
    """Two orders that should leave on a day stay on the dock; both are due later than the story's last moment.

    One is for the islands, so that there is always one: its ship takes a week, whatever else leaves that day.
    """
    company = life.tale.company
    islands = company.customers["C-012"]
    wish = Wish(
        "PC-ISLAS-7", clock(day, 8, 45), islands.number, islands.sites[0].number, islands.channel, None,
        (("AOV-02", 6), ("SAL-01", 4)),
    )  # fmt: skip
    captured = orders.capture_order(draft=draft_of(life, wish), by=PROMESA, at=wish.at)
    keep(life=life, wishes=[wish], captured=[captured], day=day)
    ready = queries.ready_to_leave(day=day)
    assert captured.order_id in ready, captured
    late = [captured.order_id]
    late += [
        order_id for order_id, parts in sorted(ready.items())
        if order_id in life.wishes and order_id not in late
        and max(one.window_from for one in parts) > life.tale.now + timedelta(hours=4)
    ]  # fmt: skip
    life.left_standing.update(late[:2])


def set_out(*, life: Life) -> None:
    """All the cases of today."""
    today = Today(life)
    scarcity.goods_run_short(today)
    _scarce(today)
    _holds(today)
    _drafts(today)
    _documents(today)
    _money(today)
    _notes(today)
    _papers(today)
    _catalogue(today)
    scarcity.plans(today)
    exchange.call_unanswered(by=SCHEDULE, at=life.tale.now)
    results.draw_sample(
        day=life.tale.company.warehouse.previous_open(life.tale.today - ONE_DAY), by=SCHEDULE, at=life.tale.now
    )
    fulfilment.call_late_lines(by=SCHEDULE, at=life.tale.now)
    billing.remind_overdue(by=SCHEDULE, at=life.tale.now)


def _scarce(today: Today) -> None:
    """Of what is scarce, an order that takes one delivery only waits for a person."""
    today.capture(today.wish("C-015", [(scarcity.TUNA, 9), ("LEG-01", 6), ("AOV-04", 5)], minutes=95, po="TUR-118"))


def _holds(today: Today) -> None:
    life = today.life
    # Price: the customer writes another one, by EDI.
    wish = today.wish("C-002", [("AOV-03", 24), ("SAR-02", 10), ("LEG-04", 12)], minutes=170, po="4511880231")
    price = today.company.price("C-002", "AOV-03", wish.day)
    edi = documents.edifact_order(
        today.company, wish, reference=7001, prices={1: (price * Decimal("0.88")).quantize(Decimal("0.01"))}
    )
    take_in(life=life, content=edi, name="ORDERS_C-002_4511880231.edi", channel="edi", by=Actor("edi"), at=wish.at)
    # Credit: two customers at the end of theirs.
    for customer, minutes, cases in (("C-052", 140, 60), ("C-057", 60, 45)):
        limit = queries.exposure_of(number=customer) + 400
        customers.put_customers(
            rows=[{"number": customer, "credit_limit": limit}], by=life.users["emma"], at=today.ago(2_000)
        )
        today.capture(
            today.wish(customer, [("AOV-04", cases), ("ATU-03", 12)], minutes=minutes, po=f"{customer[2:]}-{minutes}")
        )
    # Duplicate: the same again by telephone, and the same number with other lines.
    same = today.wish("C-028", [("AOE-01", 4), ("MEJ-01", 3)], minutes=200, po="VEGA-77")
    today.capture(same)
    today.capture(replace(same, at=today.ago(45)))
    other = today.wish("C-032", [("VIN-01", 5), ("SAL-01", 6)], minutes=190, po="ALM-240")
    today.capture(other)
    today.capture(replace(other, lines=(("VIN-01", 9), ("SAL-01", 6)), at=today.ago(35)))
    # By hand: the customer asked to wait.
    waits = today.capture(today.wish("C-029", [("AOV-02", 6), ("MIE-01", 4)], minutes=110, po="OLV-55", days=6))
    orders.open_hold(
        order_id=waits, kind="manual", reason_code="customer_asked_to_wait", by=life.users["carmen"], at=today.ago(50)
    )


def _drafts(today: Today) -> None:
    """Orders that cannot go on: a code that nobody knows, a quantity that is no case, a unit unknown."""
    life = today.life
    wish = today.wish("C-005", [("LEG-01", 14), ("ARR-01", 10), ("VEG-03", 6)], minutes=160, po="OC-88103")
    edi = documents.edifact_order(today.company, wish, reference=7002, codes={2: "8437999990012"})
    take_in(life=life, content=edi, name="ORDERS_C-005_88103.edi", channel="edi", by=Actor("edi"), at=wish.at)
    odd = today.wish("C-030", [("AOV-01", 3)], minutes=85, po="GPV-12")
    lines = (
        DraftLine(sku="AOV-01", quantity=Decimal(31), unit="C62"),
        DraftLine(sku="SNA-02", quantity=Decimal(2), unit="BANDEJA"),
    )
    today.capture(odd, lines=lines)
    told = today.wish("C-036", [("VEG-05", 3)], minutes=70, po="")
    lines = (
        DraftLine(code="tomate de la otra vez", text="el tomate de la otra vez", quantity=Decimal(4), unit="CS"),
        DraftLine(sku="ACE-01", quantity=Decimal(2), unit="CS"),
    )
    today.capture(told, lines=lines)
    # A draft that an agent has begun and not finished.
    begun = draft_of(life, today.wish("C-043", [("AOV-02", 3), ("SAL-02", 2)], minutes=25, po="LX-901"))
    orders.capture_order(draft=begun, by=life.users["marta"], at=today.ago(25), submit=False)


def _documents(today: Today) -> None:
    """The inbox of this morning: a buyer and a place that nobody knows, no order at all, noise, and the same file twice."""
    life, company = today.life, today.company
    known = today.wish("C-007", [("ATU-03", 8), ("SAL-04", 5)], minutes=130, po="GUA-5521")
    fine = documents.edifact_order(company, known, reference=7003)
    take_in(life=life, content=fine, name="GUA-5521.edi", channel="edi", by=Actor("edi"), at=known.at)
    take_in(
        life=life,
        content=fine,
        name="GUA-5521 (reenvío).edi",
        channel="email",
        by=life.users["javier"],
        at=today.ago(40),
    )
    stranger = documents.edifact_order(
        company, replace(known, po="NUEVO-1"), reference=7004, buyer=("8499000999995", "Alimentación Puerto Alto, S.L.")
    )
    take_in(
        life=life,
        content=stranger,
        name="pedido nuevo cliente.edi",
        channel="email",
        by=life.users["carmen"],
        at=today.ago(105),
    )
    sheet = documents.sheet_order(
        company, [replace(today.wish("C-024", [("AOV-02", 4), ("LEG-02", 6)], minutes=90, po="RV-340"), site="9")]
    )
    take_in(life=life, content=sheet, name="pedido RV-340.csv", channel="csv", by=life.users["marta"], at=today.ago(90))
    invoice = documents.not_an_order(company.customers["C-004"], today.ago(80))
    take_in(life=life, content=invoice, name="factura.edi", channel="email", by=life.users["javier"], at=today.ago(80))
    cut = documents.edifact_order(company, replace(known, po="GUA-5522"), reference=7005)[:-90]
    take_in(life=life, content=cut, name="GUA-5522.edi", channel="edi", by=Actor("edi"), at=today.ago(65))
    scan = b"%PDF-1.4 pedido escaneado"
    take_in(life=life, content=scan, name="escaneo0012.pdf", channel="email", by=life.users["carmen"], at=today.ago(20))


def _papers(today: Today) -> None:
    """An order on paper that a person has to read, and one in the words of a letter from nobody knows whom."""
    life, company = today.life, today.company
    doubt = today.wish("C-034", [("AOV-02", 3), ("MEJ-01", 2)], minutes=75, po="CA-1187")
    take_in(life=life, content=papers.paper_in_doubt(company, doubt), name="fax0012.pdf", channel="email",
            by=life.users["carmen"], at=doubt.at)  # fmt: skip
    clear = today.wish(partners.ON_PAPER, [("AOV-02", 5), ("LEG-01", 4)], minutes=145, po="CRP-2201")
    take_in(life=life, content=papers.pdf_order(company, clear), name="pedido CRP-2201.pdf", channel="email",
            partner=partners.ON_PAPER, by=life.users["javier"], at=clear.at)  # fmt: skip
    peppol = today.wish(partners.BY_UBL, [("SAR-02", 6), ("ATU-03", 8)], minutes=125, po="OC-55120")
    take_in(life=life, content=papers.ubl_order(company, peppol), name="Order-55120.xml", channel="edi",
            partner=partners.BY_UBL, by=Actor("edi"), at=peppol.at)  # fmt: skip
    words = today.wish("C-039", [("AOE-01", 2), ("SAL-01", 3)], minutes=55, po="BU-2277")
    letter = papers.mail_with_words(
        company, words, sender="pedidos.rias@correo.example", name="Bodegas y Ultramarinos Rías"
    )
    take_mail(content=letter, name="BU-2277.eml", at=words.at)


def _catalogue(today: Today) -> None:
    """A customer's catalogue of our items, in which some codes, packs, prices and texts are those of last year."""
    company, entries = today.company, []
    for n, (sku, item) in enumerate(list(company.items.items())[:24]):
        code, price = company.buyer_code("C-002", sku), company.price("C-002", sku, today.now.date())
        entries.append(
            Theirs(
                key=code, buyer_code=code, gtin=item.gtin if n % 11 != 4 else company.items["ATU-03"].gtin, seller_code=sku,
                text=item.name if n % 9 != 2 else "SIN NOMBRE", unit_code="C62",
                pack=Decimal(item.case if n % 7 != 3 else item.case * 2), currency="EUR",
                price=price if n % 5 != 1 else (price / table.PRICE_RISE).quantize(Decimal("0.01")),
            )
        )  # fmt: skip
    customer, by = today.life.customers["C-002"], today.life.users["david"]
    take_catalogue(customer_id=customer, entries=entries, by=by, at=today.ago(210))


def _money(today: Today) -> None:
    """Two customers dispute an invoice; one pays more than they owe."""
    life = today.life
    reasons = ("Reclama 3 cajas que dice que no llegaron", "El precio no es el de la oferta de octubre")
    for (number, _), reason in zip(queries.recent_invoices(segment="cost", on=life.tale.today), reasons, strict=False):
        billing.dispute(number=number, reason=reason, by=life.users["emma"], at=today.ago(180))
    for number, amount in queries.recent_invoices(segment="danger", on=life.tale.today)[:1]:
        customer = queries.customer_of_invoice(number=number)
        billing.receive_payment(
            customer_id=customer, amount=amount + Decimal("150.00"), applications={number: None}, reference="TRF 00912",
            by=life.users["emma"], at=today.ago(55),
        )  # fmt: skip


def _notes(today: Today) -> None:
    life = today.life
    said = (
        "Llamar antes de descargar: la rampa del muelle 2 está en obras.",
        "La compradora pide albarán con lote y caducidad en la misma hoja.",
        "Confirmado por teléfono: aceptan entrega el lunes a primera hora.",
    )
    for order_id, text in zip(sorted(life.wishes, reverse=True)[::3], said, strict=False):
        orders.note_order(order_id=order_id, text=text, by=life.users["carmen"], at=today.ago(30))
