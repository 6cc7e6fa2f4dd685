"""Every reader with its samples: the one table that mutations, strategies and long runs draw from."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, partial
from random import Random

import pypdf
import xlsxwriter

from promesa.exchange import formats
from promesa.exchange.formats.facturae.write import write as write_facturae
from promesa.exchange.formats.facturx.write import write as write_facturx
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine
from promesa.exchange.tests import (
    edifact_documents,
    flat_files,
    mails,
    papers,
    scans,
    test_dian,
    test_facturae,
    test_facturx,
    test_voxel,
    ubl_documents,
    x12_files,
)
from promesa.exchange.tests.invoices import our_invoice
from tests.fuzz.mutations import mutated, mutated_package, mutated_xml, swollen

PARTNER = test_dian.keyed(test_dian.KEY)


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: samples made of a random number, how they are damaged, how they are read, and how many `make fuzz` tries."""

    name: str
    sample: Callable[[Random], bytes]
    damage: Callable[[list[bytes], Random], bytes]
    filename: str
    many: int = 100_000
    few: int = 2_000
    floor: float = 0.25
    swells: bool = True

    def damaged(self, rng: Random) -> bytes:
        """A file for this reader, valid but for one to eight things."""
        return self.damage([self.sample(rng), self.sample(rng)], rng)

    def numbered(self, number: int) -> bytes:
        """Input `number` of a long run: every 500th has a piece of it repeated until it is of a megabyte."""
        rng = Random(f"{self.name}{number}")
        content = self.damaged(rng)
        return swollen(content, rng) if self.swells and number % 500 == 499 else content

    def read(self, content: bytes) -> list[NeutralDocument]:
        """As a door reads what a partner sends."""
        return formats.read(content, filename=self.filename, templates=PARTNER)


def _one_of(make: Callable[[], list[bytes]]) -> Callable[[Random], bytes]:
    kept = cache(make)
    return lambda rng: rng.choice(kept())


def _damage(separators: bytes, *pieces: bytes) -> Callable[[list[bytes], Random], bytes]:
    return partial(mutated, pieces=pieces, separators=separators)


# --- tables ---------------------------------------------------------------------------------------------------------


def _rows(rng: Random) -> list[list[str]]:
    headings = rng.choice((
        ["Pedido", "Cliente", "EAN", "Cantidad", "Precio", "Fecha entrega"], ["PO", "SKU", "Qty", "Unit", "Price", "Date"],
        ["Nº pedido", "Referencia", "Descripción", "Uds", "Importe", "Divisa"],
    ))  # fmt: skip
    values = (
        "1", "C-7", "8437002000202", "1.234,5", "1,234.5", "12,50 €", "24/03/2026", "2026-03-24", "03/04/2026", "A-1", 'A "x", B', "Ñandú",
        "12", "CS", "EUR", "-3", "=1+1", "", "46105",
    )  # fmt: skip
    above = [["Pedido:", "4501"], []] if rng.random() < 0.2 else []
    return [*above, headings, *([rng.choice(values) for _ in headings] for _ in range(rng.randint(1, 6)))]


def _csv(rng: Random) -> bytes:
    delimiter, newline = rng.choice(";,\t|"), rng.choice(("\n", "\r\n", "\r"))
    quoted = rng.random() < 0.3
    lines = [
        delimiter.join(
            '"' + one.replace('"', '""') + '"' if quoted or delimiter in one or '"' in one else one for one in row
        )
        for row in _rows(rng)
    ]
    text = newline.join(lines) + newline
    return text.encode(rng.choice(("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16")), "replace")


def _xlsx(rng: Random) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": True}) as book:
        book.set_properties({"created": datetime(2026, 3, 2, 9, tzinfo=UTC)})  # else every run would damage other bytes
        sheet = book.add_worksheet("Pedido")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for row, cells in enumerate(_rows(rng)):
            for column, cell in enumerate(cells):
                if cell.isdigit() and rng.random() < 0.5:
                    sheet.write_number(row, column, int(cell))
                elif rng.random() < 0.05:
                    sheet.write_datetime(row, column, date(2026, 3, 24), day)
                else:
                    sheet.write(row, column, cell)
        if rng.random() < 0.2:
            sheet.merge_range(8, 0, 8, 3, "Total")
    return stream.getvalue()


def _workbooks() -> list[bytes]:
    return [_xlsx(Random(seed)) for seed in range(12)]


# --- EDIFACT and X12 ----------------------------------------------------------------------------------------------------


def _edifact(rng: Random) -> bytes:
    return edifact_documents.generate(rng) if rng.random() < 0.5 else rng.choice(_messages())


@cache
def _messages() -> list[bytes]:
    """Every kind that is written, in two versions, and those that are only read."""
    invoice, found = our_invoice(), []
    for kind, more in (
        ("order", {}), ("order_response", {"response": "changed"}), ("despatch_advice", {"despatched_on": date(2026, 3, 3)}),
        ("invoice", {}),
    ):  # fmt: skip
        for version in ("edifact-d96a", "edifact-d01b"):
            found.append(formats.write(replace(invoice, kind=kind, **more), format_=version).content)
    for kind, body in (
        ("ORDCHG", "BGM+230+1+4'DTM+137:20261120:102'RFF+ON:P1'NAD+BY+5412345000013::9'LIN+1+3+8437002000202:EN'QTY+21:12'UNS+S'CNT+2:1"),
        ("RECADV", "BGM+632+1+9'DTM+137:20261120:102'RFF+AAK:A1'CPS+1'LIN+1++8437002000202:EN'QTY+194:12'QTY+195:2'QVR+-2:21"),
        ("REMADV", "BGM+481+1+9'DTM+137:20261120:102'CUX+2:EUR:11'DOC+380+F-1'MOA+9:100'MOA+12:90'AJT+5'MOA+165:10'UNS+S'MOA+12:90"),
        ("APERAK", "BGM+313+1+27'DTM+137:20261120:102'RFF+ACW:P1'ERC+12'FTX+AAO+++Falta el GTIN"),
        ("CONTRL", "UCI+7+A+B+4+12'UCM+1+ORDERS:D:96A:UN+4+12'UCS+3+13'UCD+12+2:1"),
        ("PRICAT", "BGM+9+1+9'DTM+137:20261120:102'NAD+SU+8437002000004::9'PGI+1'LIN+1+1+8437002000202:EN'IMD+F++:::Té'PRI+AAA:2.5'UNS+S"),
        ("SLSRPT", "BGM+73+1+9'DTM+137:20261120:102'LOC+162+5412345000013::9'LIN+1++8437002000202:EN'QTY+153:12'MOA+203:5'UNS+S"),
    ):  # fmt: skip
        text = f"UNH+1+{kind}:D:96A:UN'{body}'UNT+{body.count(chr(39)) + 3}+1'"
        found.append(f"UNB+UNOC:3+A:14+B:14+261120:1000+7'{text}UNZ+1+7'".encode("latin-1"))
    return found


def _x12(rng: Random) -> bytes:
    if rng.random() < 0.05:
        return x12_files.interchange("BCH*04*SA*PO1***20261120", "POC*1*QD*5*2*EA*2.5**VP*A", kind="860")
    return x12_files.generate(rng)


# --- XML ------------------------------------------------------------------------------------------------------------


def _ubl() -> list[bytes]:
    invoice = our_invoice()
    line = NeutralLine("1", seller_code="AC-1", text="Aceite", quantity=Decimal(4), unit_code="CS", response="accepted")
    base = {"format": "", "number": "X-1", "issued_on": date(2026, 3, 2), "currency": "EUR", "lines": (line,), "parties": invoice.parties,
            "references": {"order": "PO-77"}}  # fmt: skip
    written = [
        formats.write(NeutralDocument(kind=kind, **(base | more)), format_="ubl").content
        for kind, more in (
            ("order", {}), ("order_response", {"response": "accepted"}), ("despatch_advice", {"despatched_on": date(2026, 3, 3)}),
        )
    ]  # fmt: skip
    credit = replace(invoice, kind="credit_note", type_code="381")
    return [
        *written, formats.write(invoice, format_="ubl").content, formats.write(credit, format_="ubl").content,
        ubl_documents.order(), ubl_documents.order(name="OrderChange"), ubl_documents.response(lines=2),
        ubl_documents.document("ReceiptAdvice", "<cbc:ID>R1</cbc:ID>"),
        ubl_documents.document("RequestForQuotation", "<cbc:ID>R1</cbc:ID>"),
    ]  # fmt: skip


def _cii() -> list[bytes]:
    return [
        formats.write(our_invoice(), format_="cii").content,
        formats.write(replace(our_invoice(), kind="credit_note", type_code="381"), format_="cii").content,
        test_facturx.xml_of(write_facturx(test_facturx.invoice())),
    ]


def _facturae() -> list[bytes]:
    line = test_facturae.line
    return [write_facturae(test_facturae.invoice(line(), line("2", quantity="1", amount="12.50")))]


def _dian() -> list[bytes]:
    plain = test_dian.invoice()
    return [plain, test_dian.invoice(root="CreditNote"), test_dian.container(f"<![CDATA[{plain.decode()}]]>")]


def _voxel() -> list[bytes]:
    return [test_voxel.ORDER.encode("iso8859-1")]


# --- mail, paper ----------------------------------------------------------------------------------------------------


def _mail(rng: Random) -> bytes:
    """Mails of every shape, some with an attachment that is itself damaged."""
    if rng.random() < 0.5:
        return rng.choice(_mails())
    inner = READERS[rng.choice(("csv", "edifact", "x12", "idoc", "ubl"))]
    content = inner.damaged(rng)[:8000]
    return mails.mixed(b"Content-Type: text/plain\r\n\r\nHola", mails.attachment(inner.filename, content))


@cache
def _mails() -> list[bytes]:
    head = mails.HEAD
    body = "Hola:\r\n\r\nEnviadnos 12 cajas de 8437002000202 y 3 de 8437002000219 para el martes.\r\n\r\nEl lun, 2 mar 2026, "
    body += "Ana escribió:\r\n> x"
    return [
        head + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body.encode(),
        mails.mixed("Content-Type: text/plain\r\n\r\nVer adjunto", mails.attachment("p.csv", mails.CSV, "text/csv")),
        mails.mixed(mails.attachment("o.edi", mails.EDI, "application/edifact")),
        mails.mixed(mails.attachment("p.zip", mails.zipped({"p.csv": mails.CSV}), "application/zip")),
        mails.report("failed", "5.1.1"),
        head + b"Auto-Submitted: auto-replied\r\nIn-Reply-To: <9@x>\r\n\r\nFuera de la oficina",
        head + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nHola\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        b"<table><tr><td>8437002000202</td><td>12 cajas</td></tr></table>\r\n--b--",
        head + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nPedido n=C2=BA 5: 3 cajas de A-1=\r\n fin",
    ]  # fmt: skip


def _papers() -> list[bytes]:
    """Orders on paper with their streams unpacked, so that damage meets words and not only their packing."""
    found = []
    for name in ("spanish_ruled", "british_plain", "colombian", "american_grid", "french"):
        content = papers.pdf(name)
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
        for one in writer.pages:
            one.get_contents()
            for place in one.get("/Contents", []) if isinstance(one.get("/Contents"), list) else []:
                place.get_object()
        unpacked = io.BytesIO()
        writer.write(unpacked)
        found += [content, unpacked.getvalue()]
    return [*found, write_facturx(test_facturx.invoice())]


def _pictures() -> list[bytes]:
    picture = scans.shades(papers.pdf("spanish_ruled"))
    return [
        scans.saved(picture, "PNG"),
        scans.saved(picture, "JPEG", quality=60),
        scans.saved(picture, "TIFF", compression="tiff_lzw"),
    ]


_EDI_PIECES = (
    b"'", b"+", b":", b"?", b"UNZ", b"UNB+", b"UNH+1+ORDERS:D:96A:UN'", b"LIN+", b"UNT+1+1'", b"UNA:+.? '", b"UNS+S'", b"QTY+21:",
    b"NAD+BY+",
)  # fmt: skip
_X12_PIECES = (b"~", b"*", b"ISA*", b"SE*1*1~", b"ST*850*1~", b"HL*1*1*I~", b"PO1*1*1*EA~", b"GE*1*1~", b"IEA*1*1~")
_FLAT_PIECES = (
    b"'", b"+", b"|", b"=", b"?", b"EDI_DC40", b"MHD=1+ORDERS:9'", b"OLD=1+1'", b"LIN|1|EN|1\n", b"QTYLIN|21|", b"E2EDP01", b"ORDERS_D_93A"
)  # fmt: skip
_MAIL_PIECES = (
    b"\n\n", b"--=_b", b"--b", b"--", b"=?utf-8?b?", b"=?x?q?", b"?=", b"Content-Type: multipart/mixed; boundary=x\r\n", b"charset=",
    b"*0*=", b"=", b"Content-Transfer-Encoding: base64\r\n", b"<table><tr><td>", b"begin 644 x\n", b"\r\n.\r\n", b"From x\n",
)  # fmt: skip
_PDF_PIECES = (
    b"endobj\n", b"stream\n", b"endstream", b"/Kids[1 0 R]", b"/Length 999999999", b"xref\n", b"trailer<</Root 1 0 R>>",
    b"/Filter/LZWDecode",
    b"<</Type/Page>>", b"BT /F1 9 Tf (1) Tj ET", b"1 0 0 1 1e9 1e9 cm ", b"startxref\n0\n%%EOF", b"/MediaBox[0 0 1e9 1e9]", b"/Rotate 91",
)  # fmt: skip

# Pictures are read by a recogniser of letters: what it needs goes by the page and not by the bytes.
_ALL = (
    Reader("csv", _csv, _damage(b';,\t|"\n\r', b'"', b";", b",", b"\t", b"=cmd|'/C calc'!A0"), "p.csv"),
    Reader("xlsx", _one_of(_workbooks), mutated_package, "p.xlsx", few=400, swells=False),
    Reader("edifact", _edifact, _damage(b"'+:?", *_EDI_PIECES), "o.edi"),
    Reader("x12", _x12, _damage(b"~*>|", *_X12_PIECES), "o.x12"),
    Reader("tradacoms", partial(flat_files.generate, kind="tradacoms"), _damage(b"'+:=?", *_FLAT_PIECES), "o.tra"),
    Reader("idoc", partial(flat_files.generate, kind="idoc"), _damage(b"\n ", *_FLAT_PIECES), "o.idoc"),
    Reader("ediversa", partial(flat_files.generate, kind="ediversa"), _damage(b"|\n", *_FLAT_PIECES), "o.pla"),
    Reader("ubl", _one_of(_ubl), mutated_xml, "o.xml"),
    Reader("cii", _one_of(_cii), mutated_xml, "o.xml"),
    Reader("facturae", _one_of(_facturae), mutated_xml, "o.xml"),
    Reader("dian", _one_of(_dian), mutated_xml, "o.xml"),
    Reader("voxel", _one_of(_voxel), mutated_xml, "o.xml"),
    Reader("mail", _mail, _damage(b"\r\n:;=\"<>-", *_MAIL_PIECES), "m.eml"),
    Reader("pdf", _one_of(_papers), _damage(b"<>[]()/ \n", *_PDF_PIECES), "p.pdf", many=2_000, few=40, floor=60.0, swells=False),
    Reader("picture", _one_of(_pictures), _damage(b""), "p.png", many=20, few=1, floor=60.0, swells=False),
)  # fmt: skip
READERS = {one.name: one for one in _ALL}
