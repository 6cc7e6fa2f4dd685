"""Documents of the customers that send neither EDIFACT nor spreadsheets: Peppol orders, orders on paper, letters. Pure."""

from __future__ import annotations

from decimal import Decimal
from email.message import EmailMessage
from email.utils import format_datetime

import typst

from promesa.demo import company as table
from promesa.demo.company import Company
from promesa.demo.documents import price_of, sheet_order
from promesa.demo.life import MADRID
from promesa.demo.tale import Wish
from promesa.exchange import formats
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Party, Window

CENT = Decimal("0.01")
ORDERS_AT = "pedidos@aceitesdelsur.example"

_PAPER = """
#set document(date: none)
#set page(paper: "a4", margin: 2cm)
#set text(font: "Libertinus Serif", size: 10pt, lang: "es")
*{name}* \\ NIF: {tax_id}
#v(4mm)
#text(size: 16pt, weight: "bold")[{title}] \\
{head}
#v(5mm)
#table(columns: (auto, 1fr, auto, auto, auto), align: (left, left, right, right, right),
  {headings}
  {rows})
{total}
"""


def ubl_order(company: Company, wish: Wish) -> bytes:
    """A Peppol order, in pieces, with our GTINs and prices."""
    customer = company.customers[wish.customer]
    site = next(one for one in customer.sites if one.number == wish.site)
    lines = []
    for n, (sku, cases) in enumerate(wish.lines, 1):
        item, price = company.items[sku], price_of(company, wish, n, sku)
        pieces = Decimal(cases * item.case)
        lines.append(
            NeutralLine(
                str(n), gtin=item.gtin, buyer_code=company.buyer_code(wish.customer, sku), text=item.name, quantity=pieces,
                unit_code="C62", price=price, amount=(price * pieces).quantize(CENT),
            )
        )  # fmt: skip
    document = NeutralDocument(
        format="ubl-order", kind="order", number=wish.po, issued_on=wish.day, currency="EUR",
        requested=Window(wish.asked, wish.asked) if wish.asked else None,
        parties={
            "buyer": Party(gln=customer.gln, name=customer.name, tax_id=customer.row["tax_id"], country=customer.row["country"]),
            "seller": Party(gln=table.GLN, name=table.NAME, country="ES"),
            "ship_to": Party(gln=site.gln, name=site.row["name"], city=site.row["city"], country=site.row["country"]),
        },
        lines=tuple(lines),
    )  # fmt: skip
    return formats.write(document, format_="ubl").content


def pdf_order(company: Company, wish: Wish) -> bytes:
    """An order on paper, as a program for offices prints it."""
    head = [f"Pedido nº: {_plain(wish.po)}", f"Fecha: {wish.day:%d/%m/%Y}"]
    head += [f"Fecha de entrega: {wish.asked:%d/%m/%Y}"] if wish.asked else []
    return _printed(company, wish, " \\\n".join(head), "[EAN],[Artículo],[Cantidad],[Precio],[Importe],")


def paper_in_doubt(company: Company, wish: Wish) -> bytes:
    """An order whose headings are words of its trade, so that a person has to read it."""
    head = f"Pedido nº: {_plain(wish.po)} \\\nFecha: {wish.day:%d/%m/%Y}"
    return _printed(company, wish, head, "[Clave],[Género],[Bultos],[A],[Son],")


def _printed(company: Company, wish: Wish, head: str, headings: str) -> bytes:
    customer = company.customers[wish.customer]
    rows, total = [], Decimal(0)
    for n, (sku, cases) in enumerate(wish.lines, 1):
        item, price = company.items[sku], price_of(company, wish, n, sku).quantize(CENT)
        pieces = cases * item.case
        total += price * pieces
        cells = (item.gtin, item.name, _spanish(Decimal(pieces)), _spanish(price), _spanish(price * pieces))
        rows.append("".join(f"[{_plain(cell)}]," for cell in cells))
    made = typst.compile(
        _PAPER.format(
            name=_plain(customer.name), tax_id=customer.row["tax_id"], title="PEDIDO", head=head, headings=headings,
            rows="\n  ".join(rows), total=f"#align(right)[Total: {_spanish(total)} EUR]",
        ).encode(),
        ignore_system_fonts=True,
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


def _plain(text: str) -> str:
    """Text without typst's own signs."""
    return "".join(f"\\{sign}" if sign in "\\[]#$*_`<>@~/=" else sign for sign in text)


def _spanish(value: Decimal) -> str:
    return f"{value:,}".replace(",", " ").replace(".", ",").replace(" ", ".")


# --- Letters --------------------------------------------------------------------------------------------------------


def mail_with_sheet(company: Company, wish: Wish) -> bytes:
    """A letter with the order attached as a spreadsheet."""
    customer = company.customers[wish.customer]
    letter = _letter(wish, sender=customer.row["email"], name=customer.name)
    letter.set_content("Buenos días:\n\nAdjuntamos nuestro pedido.\n\nUn saludo.\n")
    letter.add_attachment(sheet_order(company, [wish]), maintype="text", subtype="csv", filename="pedido.csv")
    _bound(letter, wish)
    return letter.as_bytes()


def mail_with_words(company: Company, wish: Wish, *, sender: str, name: str) -> bytes:
    """A letter with the order in its words, from an address that anybody could have."""
    rows = [f"- {cases} cajas de {company.items[sku].gtin} {company.items[sku].name}" for sku, cases in wish.lines]
    letter = _letter(wish, sender=sender, name=name)
    letter.set_content(
        "Hola:\n\nOs paso el pedido " + wish.po + ":\n\n" + "\n".join(rows) + "\n\nGracias,\n" + name + "\n"
    )
    return letter.as_bytes()


def _letter(wish: Wish, *, sender: str, name: str) -> EmailMessage:
    letter = EmailMessage()
    letter["Message-ID"] = f"<{wish.po.replace('/', '.')}.{wish.customer}@{sender.partition('@')[2]}>"
    letter["From"], letter["To"] = f'"{name}" <{sender}>', ORDERS_AT
    letter["Subject"], letter["Date"] = f"Pedido {wish.po}", format_datetime(wish.at.astimezone(MADRID))
    return letter


def _bound(letter: EmailMessage, wish: Wish) -> None:
    """The same letter has the same bytes: its parts are not divided by chance."""
    letter.set_boundary(f"=_{wish.customer}-{wish.amount}")
