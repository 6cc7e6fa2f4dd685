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
