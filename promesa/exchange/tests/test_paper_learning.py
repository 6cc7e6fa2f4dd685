"""What a person corrects teaches the layout of its sender."""

from __future__ import annotations

import json

from promesa.exchange import formats
from promesa.exchange.formats.pdf.learning import learn
from promesa.exchange.formats.pdf.text import open_pdf
from promesa.exchange.tests import papers

# Headings in a language that the reader has no words for, and a day that can be read in two ways.
NORWEGIAN = """
#set page(paper: "a4", margin: 2cm)
#set text(font: "New Computer Modern", size: 10pt)
#text(size: 16pt)[PURCHASE ORDER] \\
Nordlys Handel AS \\
Rekvisisjon {number} \\
Utstedt {day} \\
#v(5mm)
#table(columns: (1fr, auto, auto, auto, auto), align: (left, left, right, right, right),
  [Beskrivelse],[Vare],[Antall],[Pris],[Belop],
  {rows})
"""
FIRST = NORWEGIAN.format(
    number="NH-771",
    day="03/04/2026",
    rows="[Fiskesuppe],[F-10],[12],[3,50],[42,00],[Brunost],[B-2],[1.200],[1,25],[1.500,00]",
)
SECOND = NORWEGIAN.format(
    number="NH-802", day="05/06/2026", rows="[Lefse],[L-7],[40],[2,10],[84,00],[Gravlaks],[G-1],[3],[14,00],[42,00]"
)
RIGHT = {
    "number": "NH-771", "issued_on": "2026-04-03", "parties.buyer.name": "Nordlys Handel AS",
    "lines.1.seller_code": "F-10", "lines.1.text": "Fiskesuppe", "lines.1.quantity": "12",
    "lines.1.price": "3.50", "lines.1.amount": "42.00",
    "lines.2.seller_code": "B-2", "lines.2.quantity": "1200", "lines.2.amount": "1500.00",
}  # fmt: skip


def test_without_a_layout_such_an_order_is_not_read():
    (document,) = formats.read(papers.made(SECOND))
    assert {"ambiguous_date", "table_not_found"} <= {fault.code for fault in document.faults if fault.blocking}


def test_what_was_corrected_once_is_read_right_on_the_next_order_of_the_sender():
    template = json.loads(json.dumps(learn(open_pdf(papers.made(FIRST)).pages, RIGHT, name="nordlys")))
    assert (template["date_order"], template["decimal"]) == ("dmy", ",")
    assert [column["field"] for column in template["columns"]] == ["text", "seller_code", "quantity", "price", "amount"]
    (document,) = formats.read(papers.made(SECOND), templates=[template])
    assert document.number == "NH-802"
    assert document.issued_on.isoformat() == "2026-06-05"
    assert [(line.seller_code, line.text, str(line.quantity), str(line.price), str(line.amount)) for line in document.lines] == [
        ("L-7", "Lefse", "40", "2.10", "84.00"), ("G-1", "Gravlaks", "3", "14.00", "42.00"),
    ]  # fmt: skip
    assert [fault.code for fault in document.faults if fault.blocking] == []
    assert [fault.received for fault in document.faults if fault.code == "read_by_template"] == ["nordlys"]


def test_the_layout_of_one_sender_is_not_laid_on_the_order_of_another():
    template = learn(open_pdf(papers.made(FIRST)).pages, RIGHT, name="nordlys")
    with_it = formats.read(papers.pdf("spanish_ruled"), templates=[template])
    assert with_it[0].as_json() == formats.read(papers.pdf("spanish_ruled"))[0].as_json()


def test_a_damaged_layout_is_left_aside():
    plain = formats.read(papers.pdf("no_prices"))[0].as_json()
    for damaged in (
        {},
        {"anchors": 7},
        {"anchors": [{"text": 5, "at": "x"}]},
        {"anchors": [{"text": "Ref.", "at": [None, 2]}]},
        {"columns": [3]},
    ):
        assert formats.read(papers.pdf("no_prices"), templates=[damaged])[0].as_json() == plain


WIDE = """
#set page(paper: "a4", margin: 1.5cm, footer: align(center)[Fjellmat Handel AS, Org.nr 987 654 321])
#set text(font: "Libertinus Serif", size: 9.5pt)
*Fjellmat Handel AS* \\ Storgata 12 \\ 0155 Oslo
#align(right)[PURCHASE ORDER \\ Bestillingsnr. {number} \\ Utstedt: {day}]
#table(columns: (auto, auto, 1fr, auto, auto, auto, auto), align: (left, left, left, right, left, right, right),
  {head}[Nr],[Varenr],[Betegnelse],[Mengde],[Enhet],[Stk.pris],[Belop]{close}, {rows})
"""
LONG = "Sild i sennepssaus med en lang betegnelse som naar nesten helt bort til antallet her {}"


def wide(number, lines, *, repeated=True):
    rows = ",".join(f"[{n}],[{code}],[{text}],[{many}],[STK],[2,00],[{sum_}]" for n, code, text, many, sum_ in lines)
    head, close = ("table.header(", ")") if repeated else ("", "")
    return papers.made(WIDE.format(number=number, day="13.04.2026", rows=rows, head=head, close=close))


def test_longer_texts_wider_numbers_and_more_pages_than_were_learnt_from_are_read():
    first = wide("FM-1", [(1, "F-10", "Fiskesuppe", "12", "24,00"), (2, "B-2", "Brunost", "7", "14,00")])
    right = {
        "number": "FM-1", "issued_on": "2026-04-13", "lines.1.seller_code": "F-10", "lines.1.text": "Fiskesuppe",
        "lines.1.quantity": "12", "lines.1.unit_code": "STK", "lines.1.price": "2.00", "lines.1.amount": "24.00",
    }  # fmt: skip
    template = json.loads(json.dumps(learn(open_pdf(first).pages, right, name="fm")))
    many = [
        (n, f"V-{n}", LONG.format(n) if n % 3 else "Sild", f"{n}.000.001", f"{2 * n}.000.002,00") for n in range(1, 71)
    ]
    for repeated in (True, False):
        (document,) = formats.read(wide("FM-22", many, repeated=repeated), templates=[template])
        assert document.number == "FM-22"
        assert [(line.seller_code, line.text, str(line.quantity), line.unit_code) for line in document.lines] == [
            (f"V-{n}", LONG.format(n) if n % 3 else "Sild", f"{n}000001", "C62") for n in range(1, 71)
        ]
        assert [str(line.amount) for line in document.lines] == [f"{2 * n}000002.00" for n in range(1, 71)]
    (again,) = formats.read(first, templates=[template])
    assert [line.text for line in again.lines] == ["Fiskesuppe", "Brunost"]


DELIVERED = """
#set page(paper: "a4", margin: 2cm)
#set text(font: "Libertinus Serif", size: 10pt)
*Nordlys Handel AS* \\ Innkjop
#v(4mm)
Bestilling {number} \\ Dato {day}
#v(4mm)
#table(columns: (auto, auto), [Mottaker:],[Nordlys Lager],[Gate:],[{street}],[Postnr:],[{postcode}])
#v(5mm)
#table(columns: (1fr, auto, auto, auto, auto), align: (left, left, right, right, right),
  [Beskrivelse],[Vare],[Antall],[Pris],[Belop],
  [Fiskesuppe],[F-10],[12],[3,50],[42,00])
"""


def test_the_address_of_the_place_is_learnt_so_that_sites_of_one_name_are_told_apart():
    first = papers.made(DELIVERED.format(number="NH-771", day="03/04/2026", street="Storgata 12", postcode="0155"))
    right = {
        "number": "NH-771", "issued_on": "2026-04-03", "parties.ship_to.name": "Nordlys Lager",
        "parties.ship_to.street": "Storgata 12", "parties.ship_to.postcode": "0155",
        "lines.1.seller_code": "F-10", "lines.1.text": "Fiskesuppe", "lines.1.quantity": "12", "lines.1.price": "3.50",
        "lines.1.amount": "42.00",
    }  # fmt: skip
    template = json.loads(json.dumps(learn(open_pdf(first).pages, right, name="nordlys")))
    second = papers.made(DELIVERED.format(number="NH-802", day="05/06/2026", street="Sjogata 7", postcode="9008"))
    (document,) = formats.read(second, templates=[template])
    place = document.party("ship_to")
    assert (place.name, place.street, place.postcode) == ("Nordlys Lager", "Sjogata 7", "9008")
