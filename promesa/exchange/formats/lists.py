"""Any neutral document as a list that people open: CSV as their spreadsheet expects it, or XLSX. No text acts as a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from promesa.core import sheets
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine

TYPES = ("csv", "xlsx")

# Column: heading in Spanish and English, what stands in it. A column in which nothing stands is left out.
_COLUMNS: tuple[tuple[str, str, Callable[[NeutralLine], sheets.Cell]], ...] = (
    ("Línea", "Line", lambda line: line.line_number),
    ("SKU", "SKU", lambda line: line.seller_code),
    ("Su código", "Your code", lambda line: line.buyer_code),
    ("GTIN", "GTIN", lambda line: line.gtin),
    ("Descripción", "Description", lambda line: line.text or line.name),
    ("Cantidad", "Quantity", lambda line: line.quantity),
    ("Unidad", "Unit", lambda line: line.unit_code),
    ("Unidades por caja", "Units per case", lambda line: _said(line, "per_pack")),
    ("Enviado", "Despatched", lambda line: _said(line, "despatched")),
    ("Recibido", "Received", lambda line: _said(line, "received")),
    ("Pendiente", "Back-ordered", lambda line: _said(line, "back_ordered")),
    ("Rechazado", "Rejected", lambda line: _said(line, "rejected")),
    ("Respuesta", "Response", lambda line: line.response),
    ("Motivo", "Reason", lambda line: line.reason),
    ("Fecha prometida", "Promised on", lambda line: line.promised.last_day if line.promised else None),
    ("Precio", "Price", lambda line: line.price),
    ("Base de precio", "Price basis", lambda line: line.price_basis),
    ("Importe", "Amount", lambda line: line.amount),
    ("IVA %", "VAT %", lambda line: line.tax_rate),
)


def _said(line: NeutralLine, name: str) -> sheets.Cell:
    return (line.quantities or {}).get(name)


def write_list(document: NeutralDocument, *, kind: str, lang: str = "es") -> bytes:
    """The lines of a document, a row each, the number of the document before them.

    :raises ValueError: if `kind` is neither csv nor xlsx.
    """
    if kind not in TYPES:
        raise ValueError(f"{kind!r} is none of {', '.join(TYPES)}")
    spanish = lang.startswith("es")
    cells = [[read(line) for line in document.lines] for _, _, read in _COLUMNS]
    used = [place for place, column in enumerate(cells) if any(cell not in (None, "") for cell in column)]
    heads = [_number_word(document, spanish)]
    heads += [_COLUMNS[place][0] if spanish else _COLUMNS[place][1] for place in used]

    def rows() -> Iterator[list[sheets.Cell]]:
        for place in range(len(document.lines)):
            yield [document.number, *(cells[column][place] for column in used)]

    if kind == "xlsx":
        return sheets.xlsx(document.number or document.kind, heads, rows())
    return b"".join(sheets.csv_lines(heads, rows(), spanish=spanish))


_WORDS = {
    "order": ("Pedido", "Order"), "order_response": ("Respuesta", "Response"), "despatch_advice": ("Albarán", "Despatch advice"),
    "invoice": ("Factura", "Invoice"), "credit_note": ("Abono", "Credit note"), "price_catalogue": ("Catálogo", "Catalogue"),
}  # fmt: skip


def _number_word(document: NeutralDocument, spanish: bool) -> str:
    return _WORDS.get(document.kind, ("Documento", "Document"))[0 if spanish else 1]
