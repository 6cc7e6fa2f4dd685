"""A customer's catalogue beside our masters: each difference is told by item and field, has an owner, and an age."""

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.catalog import operations as catalog
from promesa.catalog.models import ItemCode, Pack
from promesa.core.errors import NotFound
from promesa.exchange import operations, queries
from promesa.exchange.loading.masters import load_masters
from promesa.exchange.models import CatalogueEntry, Misalignment
from promesa.exchange.operations.alignment import CannotTake, align, give_misalignment, take_catalogue, take_theirs
from promesa.exchange.queries.alignment import healths, misaligned
from promesa.exchange.rules.alignment import Ours, Theirs, compare, health
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, open_shop, take_in

D = Decimal
OIL = Ours(
    1,
    "AC-05",
    "Aceite de oliva 5 L",
    "C62",
    {"CS": D(4)},
    {"C62": "8437002000202", "CS": "18437002000209"},
    D("31.20"),
    "EUR",
)


def told(theirs, *ours):
    return [(str(one.field), one.ours, one.theirs) for one in compare(theirs, ours)]


# --- The rule --------------------------------------------------------------------------------------------------------


def test_what_agrees_is_no_difference_whatever_the_unit_that_the_price_is_for():
    assert (
        told(
            Theirs(
                "1", gtin="08437002000202", text="ACEITE OLIVA 5L", unit_code="C62", price=D("31.20"), currency="EUR"
            ),
            OIL,
        )
        == []
    )
    assert told(Theirs("1", gtin="18437002000209", unit_code="CS", pack=D(4), price=D("124.80")), OIL) == []
    assert told(Theirs("1", unit_code="C62", price=D(3120), price_basis=D(100)), OIL) == []


def test_each_field_is_told_with_both_values():
    theirs = Theirs("1", gtin="8437002000226", text="Bicicleta de montaña", unit_code="CS", pack=D(6), price=D(120))
    assert told(theirs, OIL) == [
        ("gtin", "18437002000209", "8437002000226"), ("pack", "4", "6"), ("price", "124.8", "120"),
        ("description", "Aceite de oliva 5 L", "Bicicleta de montaña"),
    ]  # fmt: skip
    assert told(Theirs("1", unit_code="PX"), OIL) == [("unit", "C62, CS", "PX")]
    assert told(Theirs("1", unit_code="C62", pack=D(6)), OIL) == [("pack", "4", "6")]
    assert told(Theirs("1", pack=D(6)), Ours(2, "AT-12", "Atún", "C62")) == [("pack", "1", "6")]
    assert told(Theirs("1", price=D(31), currency="USD"), OIL) == [("currency", "EUR", "USD")]


def test_what_is_unknown_closed_or_ambiguous_is_told_alone():
    assert told(Theirs("9", gtin="8437002000400", buyer_code="X")) == [("item", "", "8437002000400 / X")]
    other = Ours(2, "AT-12", "Atún", "C62")
    assert told(Theirs("9", seller_code="AC-05", buyer_code="X"), OIL, other) == [
        ("codes", "AC-05 / AT-12", "AC-05 / X")
    ]
    closed = Ours(3, "OLD", "Viejo", "C62", active=False)
    assert told(Theirs("9", seller_code="OLD", price=D(1)), closed) == [("inactive", "OLD", "OLD")]


def test_the_score_is_the_share_of_items_on_which_both_agree():
    assert (health(items=8, wrong=1), health(items=0, wrong=0)) == (D("87.5"), None)


# --- The verbs -------------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(db):
    open_shop()
    add_item("AC-05", "31.20", gtin="8437002000202", name="Aceite de oliva 5 L")
    add_item("AT-12", "4.50", gtin="8437002000400", name="Atún claro 120 g")
    return add_customer("C-1")


def say(customer_id, *entries, at=AT, **more):
    return take_catalogue(customer_id=customer_id, entries=entries, by=BY, at=at, **more)


def open_(customer_id, **only):
    return [
        (one.key, one.field, one.ours, one.theirs, one.owner) for one in misaligned(customer_id=customer_id, **only)
    ]


def test_a_catalogue_is_compared_when_it_comes_and_differences_get_an_owner(shop):
    done = say(
        shop, Theirs("7", gtin="8437002000202", price=D("30.00")), Theirs("8", buyer_code="8", text="Mejillones")
    )
    assert done == {"items": 2, "found": 2, "open": 2, "settled": 0}
    assert open_(shop) == [("7", "price", "31.2", "30", "sales"), ("8", "item", "", "8", "back_office")]
    (found,) = healths()
    assert (found.items, found.wrong, found.score) == (2, 2, D("0.0"))
    old = misaligned(customer_id=shop)[0]
    assert old.days(AT + timedelta(days=9, hours=3)) == 9
    assert old.sentence("es") == "Aceite de oliva 5 L: su precio es 30, el nuestro 31,2."


def test_an_item_that_they_buy_and_do_not_list_is_missing(shop):
    take_in(b"pedido;cliente;sku;cantidad\nP1;C-1;AT-12;5\n")
    say(shop, Theirs("7", gtin="8437002000202"))
    assert open_(shop) == [("AT-12", "missing", "Atún claro 120 g", "", "customer")]
    assert healths()[0].score == D("50.0")


def test_comparing_again_changes_nothing_and_keeps_the_age(shop):
    say(shop, Theirs("7", gtin="8437002000202", price=D(30)))
    assert align(customer_id=shop, by=BY, at=AT + timedelta(days=3)) == {
        "items": 1,
        "found": 0,
        "open": 1,
        "settled": 0,
    }
    assert Misalignment.objects.get().found_at == AT


def test_a_price_that_is_agreed_later_settles_the_difference(shop):
    say(shop, Theirs("7", gtin="8437002000202", price=D(30)))
    operations.set_missing_price(sku="AC-05", price=D(30), customer_id=shop, by=BY, at=AT)
    assert align(customer_id=shop, by=BY, at=AT + timedelta(days=1))["settled"] == 1
    assert open_(shop) == []
    assert Misalignment.objects.get().settled_at == AT + timedelta(days=1)
    assert healths()[0].score == D(100)


def test_a_whole_catalogue_replaces_and_a_partial_one_adds(shop):
    say(shop, Theirs("7", gtin="8437002000202"), Theirs("8", buyer_code="8"))
    say(shop, Theirs("9", buyer_code="9"), whole=False)
    assert sorted(CatalogueEntry.objects.values_list("key", flat=True)) == ["7", "8", "9"]
    assert say(shop, Theirs("7", gtin="8437002000202"))["settled"] == 2
    assert list(CatalogueEntry.objects.values_list("key", flat=True)) == ["7"]


def test_taking_their_gtin_makes_a_cross_reference_and_settles_it(shop):
    say(shop, Theirs("AC-05", gtin="8437002000226", seller_code="AC-05"))
    (one,) = misaligned(customer_id=shop)
    assert one.field == "gtin"
    take_theirs(misalignment_id=one.id, by=BY, at=AT)
    assert ItemCode.objects.get().code == "8437002000226"
    take_in(b"pedido;cliente;ean;cantidad\nP1;C-1;8437002000226;5\n")
    assert queries.repairs() == []


def test_taking_their_pack_gives_the_item_that_pack(shop):
    say(shop, Theirs("7", gtin="8437002000202", unit_code="CS", pack=D(6)))
    (one,) = misaligned(customer_id=shop)
    assert (one.field, one.theirs) == ("unit", "CS")
    assert take_theirs(misalignment_id=one.id, by=BY, at=AT)["open"] == 0
    assert Pack.objects.get(item__sku="AC-05", unit_code="CS").numerator == 6


def test_an_unknown_item_is_taken_only_when_somebody_says_which_it_is(shop):
    say(shop, Theirs("8", buyer_code="8"))
    (one,) = misaligned(customer_id=shop)
    with pytest.raises(CannotTake):
        take_theirs(misalignment_id=one.id, by=BY, at=AT)
    assert not ItemCode.objects.exists()
    assert take_theirs(misalignment_id=one.id, sku="AT-12", by=BY, at=AT)["open"] == 0


def test_a_price_is_agreed_and_never_taken(shop):
    say(shop, Theirs("7", gtin="8437002000202", price=D(1)))
    with pytest.raises(CannotTake) as refused:
        take_theirs(misalignment_id=misaligned(customer_id=shop)[0].id, by=BY, at=AT)
    assert "tell the customer" in refused.value.sentence("en")


def test_giving_it_to_the_customer_counts_as_telling_them(shop):
    say(shop, Theirs("7", gtin="8437002000202", price=D(1)))
    (one,) = misaligned(customer_id=shop)
    give_misalignment(misalignment_id=one.id, owner="customer", by=BY, at=AT)
    assert open_(shop, owner="sales") == []
    assert misaligned(customer_id=shop, owner="customer")[0].told_at == AT
    with pytest.raises(NotFound):
        give_misalignment(misalignment_id=one.id, owner="nobody", by=BY, at=AT)


def test_a_closed_item_in_their_catalogue_is_told(shop):
    catalog.put_items(rows=[{"sku": "AC-05", "active_to": AT.date()}], by=BY, at=AT)
    say(shop, Theirs("7", gtin="8437002000202"))
    assert open_(shop) == [("7", "inactive", "AC-05", "8437002000202", "customer")]


def test_the_number_of_questions_does_not_grow_with_the_catalogue(shop, django_assert_max_num_queries):
    for size in (1, 200):
        with django_assert_max_num_queries(14):
            say(
                shop, *(Theirs(f"K{n}", buyer_code=f"K{n}", gtin="8437002000202" if n % 2 else "") for n in range(size))
            )


def test_a_file_of_a_catalogue_is_loaded_with_all_its_faults_said(shop):
    content = (
        "cliente;su codigo;ean;descripcion;unidad;unidades por caja;precio;moneda\n"
        "C-1;7;8437002000202;Aceite de oliva 5 L;C62;;30,00;EUR\n"
        "C-9;8;;Nada;;;;\n"
        "C-1;9;;Sardina;CS;doce;;\n"
    )
    (loaded,) = load_masters(files=[("catalogo_cliente.csv", content.encode())], by=BY, at=AT)
    assert (loaded.role, loaded.rows, loaded.created) == ("customer_catalogue", 3, 1)
    assert [(one["row"], one["field"]) for one in loaded.rejected] == [(3, "customer"), (4, "unidades por caja")]
    assert open_(shop) == [("7", "price", "31.2", "30", "sales")]


PRICAT = """UNA:+.? '
UNB+UNOC:3+8412345000010:14+8437000000017:14+260302:0900+7'
UNH+1+PRICAT:D:96A:UN:EAN008'
BGM+9+CAT-1+9'
DTM+137:20260302:102'
NAD+BY+8412345000010::9'
NAD+SU+8437000000017::9'
CUX+2:EUR:8'
PGI+11'
LIN+1++8437002000202:EN'
PIA+1+7:IN'
IMD+F++:::Aceite de oliva 5 L'
PRI+AAA:30:CT::1:PCE'
UNS+S'
UNT+13+1'
UNZ+1+7'
"""


@pytest.mark.wired
def test_a_price_catalogue_that_a_customer_sends_is_compared_when_it_is_read(shop):
    catalog_of = add_customer("C-9", gln="8412345000010")
    (document,) = take_in(PRICAT.encode(), "pricat.edi")
    assert (document.kind, document.outcome, document.subject) == ("price_catalogue", "applied", "catalogue")
    assert open_(catalog_of) == [("7", "price", "31.2", "30", "sales")]
    assert CatalogueEntry.objects.get().document_id == document.pk
    (again,) = take_in(PRICAT.replace("+7'", "+8'").encode(), "pricat2.edi")
    assert again.outcome == "duplicate"
    (other,) = take_in(
        PRICAT.replace("8412345000010", "8412345000027").replace("CAT-1", "CAT-2").encode(), "pricat3.edi"
    )
    assert other.outcome == "filed"  # of somebody who is no customer


def test_units_are_those_that_spreadsheets_write_and_those_of_the_customer(shop):
    add_item("SA-01", "0.80", name="Sal gruesa 1 kg", packs=[{"level": "case", "unit_code": "CS", "numerator": 20}])
    catalog.put_unit_aliases(rows=[{"customer": "C-1", "received": "FDO", "unit_code": "CS"}], by=BY, at=AT)
    content = (
        "su codigo;sku;descripcion;unidad;unidades por caja;precio\n"
        "1;AC-05;Aceite de oliva 5 L;Unidades;;31,20\n2;SA-01;Sal gruesa;Caja;25;16,00\n3;AT-12;Atún claro;cajón;;\n"
        "4;SA-01;Sal gruesa;FDO;20;16,00\n5;SA-01;Sal gruesa;Cartón;20;16,00\n"
    )
    (loaded,) = load_masters(
        files=[("x.csv", content.encode())], role="customer_catalogue", usual={"customer": "C-1"}, by=BY, at=AT
    )
    assert (loaded.created, loaded.rejected) == (5, [])
    assert open_(shop) == [
        ("2", "pack", "20", "25", "back_office"), ("3", "unit", "C62", "CAJÓN", "back_office"),
    ]  # fmt: skip
    assert misaligned(customer_id=shop)[1].sentence("es") == (
        "Atún claro 120 g: pide por CAJÓN; nosotros vendemos por unidad."
    )


def test_a_price_without_a_unit_may_be_of_a_piece_or_of_a_case():
    assert told(Theirs("1", pack=D(4), price=D("31.20")), OIL) == []
    assert told(Theirs("1", pack=D(4), price=D("124.80")), OIL) == []
    assert told(Theirs("1", pack=D(4), price=D("30")), OIL) == [("price", "31.2", "30")]
    assert told(Theirs("1", pack=D(4), price=D("120")), OIL) == [("price", "124.8", "120")]


def test_a_piece_and_its_case_under_one_code_of_theirs_are_two_entries(shop):
    piece = Theirs("7", buyer_code="7", gtin="8437002000202", unit_code="C62")
    case = Theirs("7", buyer_code="7", gtin="18437002000209", unit_code="CS", seller_code="AC-05")
    assert say(shop, piece, case)["items"] == 2
    assert open_(shop) == [
        ("7 18437002000209", "gtin", "08437002000202", "18437002000209", "back_office"),
        ("7 18437002000209", "unit", "C62", "CS", "back_office"),
    ]
    assert say(shop, case, piece, whole=False) == {"items": 2, "found": 0, "open": 2, "settled": 0}
    assert say(shop, case, whole=False) == {"items": 2, "found": 0, "open": 2, "settled": 0}


def test_a_file_with_faults_leaves_what_was_said_before(shop):
    say(shop, Theirs("7", buyer_code="7", gtin="8437002000202"), Theirs("8", buyer_code="8", gtin="8437002000400"))
    content = "cliente;su codigo;ean;unidades por caja\nC-1;7;8437002000202;\nC-1;8;8437002000400;doce\n"
    (loaded,) = load_masters(files=[("catalogo.csv", content.encode())], by=BY, at=AT)
    assert [(one["row"], one["field"]) for one in loaded.rejected] == [(3, "unidades por caja")]
    assert sorted(CatalogueEntry.objects.values_list("key", flat=True)) == ["7", "8"]


def test_a_fault_of_one_customer_leaves_the_catalogue_of_another_whole(shop):
    other = add_customer("C-2")
    for customer in (shop, other):
        say(customer, Theirs("7", buyer_code="7", gtin="8437002000202"), Theirs("8", buyer_code="8"))
    head = "cliente;su codigo;ean;unidades por caja\n"
    rows = "C-1;7;8437002000202;doce\nC-1;9;;\nC-2;7;8437002000202;\n"
    load_masters(files=[("catalogo.csv", (head + rows).encode())], by=BY, at=AT)
    kept = CatalogueEntry.objects.order_by("customer__number", "key").values_list("customer__number", "key")
    assert list(kept) == [("C-1", "7"), ("C-1", "8"), ("C-1", "9"), ("C-2", "7")]
    nobody = "C-9;7;;\nC-2;9;;\n"  # whose row is it? C-2 may have meant it
    load_masters(files=[("catalogo.csv", (head + nobody).encode())], by=BY, at=AT)
    assert sorted(CatalogueEntry.objects.filter(customer=other).values_list("key", flat=True)) == ["7", "9"]


def test_a_list_of_codes_is_no_catalogue_that_would_replace_one(shop):
    say(shop, Theirs("7", buyer_code="7", gtin="8437002000202"))
    content = b"cliente;clave rara;sku\nC-1;99;AC-05\n"
    (loaded,) = load_masters(files=[("codigos.csv", content)], by=BY, at=AT)
    assert (loaded.role, loaded.created) == ("item_codes", 0)
    assert loaded.rejected[0]["sentence"]["es"] == "Falta la columna code. Hay: cliente, clave rara, sku."
    assert list(CatalogueEntry.objects.values_list("key", flat=True)) == ["7"]


def pricat(*segments, number="CAT-1", function="9"):
    """A catalogue of these lines."""
    head = PRICAT.split("LIN+1+", 1)[0].replace("CAT-1+9", f"{number}+{function}").replace("0900+7'", f"0900+{number}'")
    body = "".join(f"{one}'\n" for one in segments)
    return f"{head}{body}UNT+{8 + len(segments)}+1'\nUNZ+1+{number}'\n".encode()


@pytest.mark.wired
def test_a_catalogue_that_changes_another_adds_and_takes_out_what_it_says(shop):
    catalog_of = add_customer("C-9", gln="8412345000010")
    oil, tuna = ("LIN+1+1+8437002000202:EN", "PIA+1+7:IN"), ("LIN+2+1+8437002000400:EN", "PIA+1+8:IN")
    (first,) = take_in(pricat(*oil, *tuna), "1.edi")
    assert (first.outcome, [*CatalogueEntry.objects.order_by("key").values_list("key", flat=True)]) == (
        "applied", ["7", "8"],
    )  # fmt: skip
    (less,) = take_in(pricat("LIN+1+2+8437002000202:EN", "PIA+1+7:IN", number="CAT-2", function="4"), "2.edi")
    assert less.outcome == "applied"
    assert [*CatalogueEntry.objects.values_list("key", flat=True)] == ["8"]
    take_in(pricat(*oil, number="CAT-3", function="2"), "3.edi")
    assert CatalogueEntry.objects.count() == 2
    (none,) = take_in(pricat("LIN+1++8437002000400:EN", number="CAT-4", function="3"), "4.edi")
    assert none.outcome == "applied"
    assert [*CatalogueEntry.objects.filter(customer_id=catalog_of).values_list("key", flat=True)] == ["7"]
    take_in(pricat("LIN+1+2+8437002000202:EN", "PIA+1+7:IN", *tuna, number="CAT-5"), "5.edi")
    assert [*CatalogueEntry.objects.values_list("key", flat=True)] == ["8"]


@pytest.mark.wired
def test_the_pieces_of_a_case_are_compared_and_the_price_of_the_shelf_is_not(shop):
    catalog_of = add_customer("C-9", gln="8412345000010")
    take_in(
        pricat(
            "LIN+1++8437002000202:EN", "PIA+1+7:IN", "QTY+59:6", "PRI+AAB:49.90::SRP", "PRI+AAE:47::::PCE",
            "LIN+2++8437002000400:EN", "PIA+1+8:IN", "PRI+AAA:4.50:CA::1:PCE", "PRI+AAE:7.99::SRP",
        ),
        "1.edi",
    )  # fmt: skip
    assert [*CatalogueEntry.objects.order_by("key").values_list("key", "pack", "price")] == [
        ("7", D(6), None), ("8", None, D("4.50")),
    ]  # fmt: skip
    assert open_(catalog_of) == [("7", "pack", "1", "6", "back_office")]
