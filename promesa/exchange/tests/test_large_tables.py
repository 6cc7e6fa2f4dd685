"""Order lists larger than is read at once: cut between two orders, with the same documents and the same rows in their faults."""

from __future__ import annotations

import json

import pytest

from promesa.exchange import formats
from promesa.exchange.formats import Mapping, large_table, order_table
from promesa.exchange.formats.neutral import NeutralDocument

HEADINGS = "Pedido;Cliente;SKU;Cantidad;Precio;Descripción"


def orders(count: int, lines: int = 3) -> list[str]:
    return [
        f'PO-{n};8412345000013;SKU-{i};{i + 1};12,50;"Aceite ""virgen""; {n}\nextra"'
        for n in range(count) for i in range(lines)
    ]  # fmt: skip


def told(documents: list[NeutralDocument]) -> list[str]:
    return [json.dumps(one.as_json(), sort_keys=True) for one in documents]


def written(rows: list[str], *, above: str = "", encoding: str = "utf-8") -> bytes:
    return (above + "\n".join([HEADINGS, *rows]) + "\n").encode(encoding)


@pytest.mark.parametrize(
    "content",
    [
        written(orders(9)),
        written(orders(9), encoding="utf-8-sig"),
        written(orders(9), above="sep=;\r\n"),
        written(orders(9), above="Lista de pedidos;;;;;\nFecha;12/03/2026;;;;\n"),
        written([*orders(4), "PO-5;841;SKU-1;cinco;1,5;x", ";;SKU-2;7;1,5;y", "PO-6;841;;1;1,5;z"]),
    ],
    ids=["plain", "marked", "sep", "above", "wrong rows"],
)
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_list_read_in_pieces_gives_the_same_orders_and_the_same_faults(
    content: bytes, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = order_table.read(content)
    monkeypatch.setattr(large_table, "PIECE", size)
    read = list(large_table.read_each(content))
    # What is said of the file as a whole is said of the orders of each piece.
    assert [[one for one in document.faults if one.params.get("row")] for document in read] == [
        [one for one in document.faults if one.params.get("row")] for document in whole
    ]
    assert [(one.number, told_lines(one)) for one in read] == [(one.number, told_lines(one)) for one in whole]


def told_lines(document: NeutralDocument) -> str:
    return json.dumps(document.as_json().get("lines"), sort_keys=True)


def test_a_list_of_any_size_is_read_when_no_order_in_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(orders(40))
    monkeypatch.setattr(formats, "MAX_BYTES", 500)
    monkeypatch.setattr("promesa.exchange.formats.tabular.MAX_BYTES", 1_000)
    monkeypatch.setattr(large_table, "PIECE", 6)
    monkeypatch.setattr(large_table, "HEAD", 600)
    read = list(formats.documents(content))
    assert [one.number for one in read] == [f"PO-{n}" for n in range(40)]
    assert {one.code for document in read for one in document.faults} == set()


def test_an_order_whose_rows_do_not_stand_together_waits_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = orders(6)
    content = written([*rows, "PO-1;8412345000013;SKU-9;4;12,50;x"])
    monkeypatch.setattr(large_table, "PIECE", 3)
    read = list(large_table.read_each(content))
    assert [one.number for one in read if any(f.code == "rows_apart" for f in one.faults)] == ["PO-1", "PO-1"]
    assert sum(len(one.lines) for one in read) == 19


def test_a_row_of_totals_at_the_end_is_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_table, "PIECE", 1)
    read = list(large_table.read_each(written([*orders(3), "Total;;;99;;"])))
    assert [(one.kind, one.number) for one in read] == [("order", f"PO-{n}") for n in range(3)]
    assert [f.code for f in read[-1].faults] == ["total_row_ignored"]


def test_one_order_that_is_too_large_is_refused_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [*orders(2), *(f"BIG;8412345000013;SKU-{i};1;2,50;x" for i in range(50)), *orders(1)]
    monkeypatch.setattr(large_table, "PIECE", 1)
    monkeypatch.setattr(large_table, "MAX_ROWS", 20)
    monkeypatch.setattr(large_table, "HEAD", 400)
    monkeypatch.setattr("promesa.exchange.formats.csv.MAX_ROWS", 20)
    read = list(large_table.read_each(written(rows[:-3])))
    assert [one.number for one in read if one.kind == "order"] == ["PO-0", "PO-1"]
    assert [f.code for one in read if one.kind != "order" for f in one.faults] == ["too_many_rows"]


def test_what_is_no_list_of_orders_is_said_to_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MAX_BYTES", 100)
    for content in (b"x" * 300, b"SKU;Cantidad\n" + b"A;1\n" * 100, b"<?xml version='1.0'?><Order>" + b" " * 300,
                    b"PK\x03\x04" + b"\x01" * 300):  # fmt: skip
        (document,) = formats.documents(content)
        assert document.kind == "unreadable"
        assert document.faults[0].code == "file_too_large"


def test_characters_are_told_by_the_whole_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_table, "PIECE", 3)
    content = written(orders(5), encoding="cp1252")
    read = list(large_table.read_each(content))
    assert read[4].lines[0].text == 'Aceite "virgen"; 4\nextra'
    assert {one.code for document in read for one in document.faults} == {"encoding_guessed"}
    read = list(large_table.read_each(content, mapping=Mapping(encoding="cp1252")))
    assert {one.code for document in read for one in document.faults} == set()
