"""The page that people see of a Factur-X: what Typst is given, and the layout it is set in. The XML is what counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from promesa.exchange.formats.neutral import NeutralDocument, Party, Tax

WORDS = {
    "es": {
        "invoice": "Factura", "credit_note": "Abono", "debit_note": "Nota de cargo", "number": "Número", "issued_on": "Fecha",
        "due_on": "Vencimiento", "delivered_on": "Entrega", "order": "Su pedido", "despatch_advice": "Albarán", "contract": "Contrato",
        "invoice_reference": "Factura que rectifica", "seller": "Emisor", "buyer": "Cliente", "ship_to": "Lugar de entrega",
        "tax_id": "NIF", "line": "Lín.", "code": "Código", "text": "Descripción", "quantity": "Cantidad", "unit": "Unidad",
        "price": "Precio", "tax_rate": "IVA %", "amount": "Importe", "lines": "Suma de líneas", "allowances": "Descuentos",
        "charges": "Cargos", "taxable": "Base imponible", "tax": "Impuestos", "with_tax": "Total con impuestos",
        "prepaid": "Anticipos", "rounding": "Redondeo", "withheld": "Retenciones", "payable": "Total a pagar",
        "base": "Base", "vat": "IVA", "payment": "Forma de pago", "account": "Cuenta", "page": "Página",
    },
    "en": {
        "invoice": "Invoice", "credit_note": "Credit note", "debit_note": "Debit note", "number": "Number", "issued_on": "Date",
        "due_on": "Due", "delivered_on": "Delivered", "order": "Your order", "despatch_advice": "Despatch advice",
        "contract": "Contract", "invoice_reference": "Invoice corrected", "seller": "Seller", "buyer": "Customer",
        "ship_to": "Delivered to", "tax_id": "VAT", "line": "Line", "code": "Code", "text": "Description", "quantity": "Quantity",
        "unit": "Unit", "price": "Price", "tax_rate": "VAT %", "amount": "Amount", "lines": "Sum of lines",
        "allowances": "Allowances", "charges": "Charges", "taxable": "Net", "tax": "Tax", "with_tax": "Total with tax",
        "prepaid": "Paid before", "rounding": "Rounding", "withheld": "Withheld", "payable": "To be paid", "base": "Base",
        "vat": "VAT", "payment": "Payment", "account": "Account", "page": "Page",
    },
}  # fmt: skip
_TOTALS = ("lines", "allowances", "charges", "taxable", "tax", "withheld", "with_tax", "prepaid", "rounding", "payable")

SOURCE = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title, author: d.author, date: datetime(year: d.year, month: d.month, day: d.day))
#set text(font: "Libertinus Serif", size: 9.5pt, lang: d.lang)
#set page(paper: "a4", margin: (x: 18mm, y: 18mm), footer: context align(center, text(size: 8pt)[
  #d.title · #d.words.page #counter(page).display() / #counter(page).final().first()]))
#grid(columns: (1fr, auto), gutter: 8mm,
  [#text(size: 17pt, weight: "bold")[#d.heading] \\ #text(size: 12pt)[#d.number]],
  align(right, for (name, value) in d.head [#text(fill: luma(90))[#name] #h(3mm) #value \\ ]))
#v(6mm)
#grid(columns: d.parties.map(_ => 1fr), gutter: 6mm,
  ..d.parties.map(p => [#text(size: 8pt, fill: luma(90))[#p.role] \\ #strong(p.name) \\ #for row in p.rows [#row \\ ]]))
#v(6mm)
#table(columns: (auto, auto, 1fr, auto, auto, auto, auto, auto), stroke: none, inset: (x: 2.2mm, y: 1.6mm),
  align: (x, y) => if x in (3, 5, 6, 7) { right } else { left },
  table.header(..d.columns.map(c => text(size: 8pt, fill: luma(90))[#c]), table.hline(stroke: 0.6pt)),
  ..d.lines.flatten().map(c => [#c]), table.hline(stroke: 0.6pt))
#v(2mm)
#grid(columns: (1fr, auto), gutter: 10mm,
  [#for row in d.taxes [#row \\ ] #v(2mm) #for row in d.payments [#row \\ ] #v(2mm) #for row in d.notes [#row #parbreak()]],
  grid(columns: 2, column-gutter: 8mm, row-gutter: 2.2mm, align: (left, right),
    ..d.totals.map(t => if t.at(2) { (strong(t.at(0)), strong(t.at(1))) } else { ([#t.at(0)], [#t.at(1)]) }).flatten()))
"""


def contents(document: NeutralDocument, *, lang: str) -> dict[str, Any]:
    """What stands on the page, as JSON that the layout reads: never as source, whatever the texts are."""
    words = WORDS["es" if lang.startswith("es") else "en"]
    currency = document.currency or ""
    on = document.issued_on or date(2000, 1, 1)
    title = f"{words.get(document.kind, words['invoice'])} {document.number or ''}".strip()
    return {
        "title": title,
        "author": document.party("seller").name or "",
        "year": on.year,
        "month": on.month,
        "day": on.day,
        "lang": "es" if lang.startswith("es") else "en",
        "words": words,
        "heading": words.get(document.kind, words["invoice"]),
        "number": document.number or "",
        "head": _head(document, words, lang),
        "parties": _parties(document, words),
        "columns": [
            words[name] for name in ("line", "code", "text", "quantity", "unit", "price", "tax_rate", "amount")
        ],
        "lines": [
            [
                line.line_number,
                line.seller_code or line.gtin or line.buyer_code or "",
                line.text or "",
                _number(line.quantity, lang),
                line.unit_code or "",
                _number(line.price, lang),
                _number(line.tax_rate, lang),
                _money(line.amount, lang),
            ]
            for line in document.lines
        ],
        "totals": [
            [words[name], f"{_money(document.totals[name], lang)} {currency}", name == "payable"]
            for name in _TOTALS
            if name in document.totals
        ],
        "taxes": [_tax(tax, words, lang) for tax in document.taxes],
        "payments": [
            " · ".join(part for part in (one.text or words["payment"], one.account, one.quote) if part)
            for one in document.payments
        ],
        "notes": [*document.notes, *([document.terms] if document.terms else [])],
    }


def _tax(tax: Tax, words: dict[str, str], lang: str) -> str:
    kind = words["vat"] if tax.kind in ("VAT", None) else tax.kind
    said = f"{kind} {_number(tax.rate, lang)} % · {words['base']} {_money(tax.base, lang)} · {_money(tax.amount, lang)}"
    return f"{said} · {tax.reason}" if tax.reason else said


def _head(document: NeutralDocument, words: dict[str, str], lang: str) -> list[list[str]]:
    days = {name: getattr(document, name) for name in ("issued_on", "delivered_on", "due_on")}
    said = [[words[name], _day(value, lang)] for name, value in days.items() if value is not None]
    for name, word in (
        ("order", "order"),
        ("despatch_advice", "despatch_advice"),
        ("contract", "contract"),
        ("invoice", "invoice_reference"),
    ):
        if name in document.references:
            said.append([words[word], document.references[name]])
    return said


def _parties(document: NeutralDocument, words: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for role in ("seller", "buyer", "ship_to"):
        party = document.parties.get(role)
        if party is not None and party != Party():
            town = " ".join(_said((party.postcode, party.city)))
            tax = f"{words['tax_id']} {party.tax_id}" if party.tax_id else None
            rows = (tax, party.street, party.street_2, town, ", ".join(_said((party.region, party.country))))
            found.append({"role": words[role], "name": party.name or party.gln or "", "rows": _said(rows)})
    return found


def _said(texts: Iterable[str | None]) -> list[str]:
    return [text for text in texts if text]


def _day(value: date | datetime, lang: str) -> str:
    return format_date(value, format="medium", locale="es" if lang.startswith("es") else "en")


def _number(value: Decimal | None, lang: str) -> str:
    locale = "es" if lang.startswith("es") else "en"
    return "" if value is None else format_decimal(value, format="#,##0.######", locale=locale)


def _money(value: Decimal | None, lang: str) -> str:
    locale = "es" if lang.startswith("es") else "en"
    return "" if value is None else format_decimal(value, format="#,##0.00####", locale=locale)
