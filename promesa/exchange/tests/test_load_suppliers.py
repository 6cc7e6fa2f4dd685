"""Suppliers and receipts from files."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
import xlsxwriter

from promesa.catalog.models import Item, Supplier
from promesa.exchange.loading.headings import role_of
from promesa.exchange.loading.masters import load_masters
from promesa.exchange.tests.company import AT, BY
from promesa.inventory.models import Receipt

pytestmark = pytest.mark.django_db
FILES = (
    ("articulos.csv", "sku;nombre;proveedor;plazo\nA1;Aceite 5 L;ALM;3\nB2;Atún;;0\n"),
    ("proveedores.csv", "proveedor;nombre;calendario\nALM;Almazara San Isidro, S.C.A.;LOCAL\n"),
    ("festivos.csv", "calendario;festivo;motivo\nLOCAL;2026-05-15;San Isidro\nLOCAL;2026-08-17;Agosto\n"),
    ("almacenes.csv", "almacén;nombre\nDH;Dos Hermanas\n"),
)
RECEIPTS = "recepción;referencia;cantidad;llega;proveedor\nR-1;A1;120;15/05/2026;\nR-2;B2;60;15/05/2026;\nR-3;A1;40;18/05/2026;\n"


def load(*files: tuple[str, str]) -> list[dict[str, object]]:
    found = load_masters(files=[(name, text.encode()) for name, text in files], by=BY, at=AT)
    return [one.as_json() for one in found]


def test_items_name_their_supplier_whatever_the_order_of_the_files() -> None:
    loaded = load(*FILES)
    assert [(one["role"], one["created"], one["rejected"]) for one in loaded] == [
        ("items", 2, []), ("suppliers", 1, []), ("calendars", 1, []), ("warehouses", 1, []),
    ]  # fmt: skip
    supplier = Supplier.objects.get()
    assert supplier.calendar is not None
    assert (supplier.code, supplier.name, supplier.calendar.code) == ("ALM", "Almazara San Isidro, S.C.A.", "LOCAL")
    assert list(Item.objects.order_by("sku").values_list("supplier__code", "lead_days")) == [("ALM", 3), (None, 0)]
    assert [(one["created"], one["changed"], one["rejected"]) for one in load(*FILES)] == [(0, 0, [])] * 4


def test_a_workbook_of_suppliers_loads_by_its_headings() -> None:
    load(FILES[2])
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as workbook:
        page = workbook.add_worksheet()
        for row, cells in enumerate(
            [["Supplier code", "Supplier name", "Calendar"], ["ALM", "The mill", "LOCAL"], ["X", "", "ELSEWHERE"]]
        ):
            page.write_row(row, 0, cells)
    (one,) = load_masters(files=[("list.xlsx", book.getvalue())], by=BY, at=AT)
    assert (one.role, one.created) == ("suppliers", 1)
    assert [(fault["row"], fault["field"], fault["code"]) for fault in one.rejected] == [
        (3, "calendar", "reference_unknown"), (3, "name", "field_missing"),
    ]  # fmt: skip
    assert role_of(["sku", "nombre", "proveedor"], "x.csv").name == "items"  # type: ignore[union-attr]


def test_receipts_load_and_one_on_a_closed_day_of_its_supplier_is_noted() -> None:
    load(*FILES)
    (one,) = load(("recepciones.csv", RECEIPTS))
    assert (one["role"], one["created"], one["rejected"]) == ("receipts", 3, [])
    (note,) = one["noted"]  # type: ignore[misc, attr-defined]
    assert (note["row"], note["received"], note["code"]) == (2, "2026-05-15", "receipt_on_closed_day")
    assert note["sentence"]["es"] == (
        "Almazara San Isidro, S.C.A. no reparte el vie 15 may. Lo primero que puede es el lun 18 may: confirme la fecha."
    )
    assert [one.quantity for one in Receipt.objects.order_by("number")] == [120, 60, 40]
    (again,) = load(("recepciones.csv", RECEIPTS.replace("120;15/05", "100;18/05")))
    assert (again["created"], again["changed"], "noted" in again) == (0, 1, False)
    assert Receipt.objects.get(number="R-1").quantity == Decimal(100)


def test_a_receipt_of_an_unknown_item_is_refused_with_its_row_and_the_others_are_written() -> None:
    load(*FILES)
    (one,) = load(("recepciones.csv", RECEIPTS.replace("B2", "ZZ")))
    assert one["created"] == 2
    assert [(fault["row"], fault["field"]) for fault in one["rejected"]] == [(3, "sku")]  # type: ignore[attr-defined]
