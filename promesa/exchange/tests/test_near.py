"""A code that nobody knows is met with proposals and their reasons; nothing is applied by itself."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.catalog import operations as catalog
from promesa.catalog.models import ItemCode
from promesa.exchange import operations, queries
from promesa.exchange.rules.near import LEAST, Bought, Known, Masters, Sought
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, open_shop, take_in

D = Decimal
OIL = Known("AC-05", "Aceite de oliva virgen extra 5 L", ("08437002000202", "18437002000209"))
TUNA = Known("AT-12", "Atún claro en aceite 120 g", ("08437002000400",))
SHELF = Masters([OIL, TUNA])


def only(sought, **said):
    (near,) = SHELF.near(sought, **said)
    return near


def test_one_wrong_digit_in_a_gtin_is_proposed_with_its_reason():
    near = only(Sought("8437002000203"))
    assert (near.key, near.weight) == ("AC-05", 45)
    assert near.why("es") == "El código difiere en una cifra de 08437002000202."
    assert near.why("en") == "The code differs from 08437002000202 in one sign."


def test_two_digits_in_the_wrong_order_are_one_slip():
    assert only(Sought("8437002000220")).key == "AC-05"


def test_the_same_product_in_another_pack_is_told_as_that():
    near = only(Sought("28437002000206"))
    assert near.key == "AC-05"
    assert near.why("en").startswith("It is the same product in another pack: ")


def test_signs_capitals_and_leading_zeros_make_no_other_code():
    near = only(Sought("ac 05"))
    assert (near.key, near.weight) == ("AC-05", 70)
    assert near.why("es") == "El código es el mismo salvo signos: AC-05."


def test_text_and_history_add_up_and_are_all_told():
    sought = Sought("X-99", "ACEITE OLIVA VIRGEN EXTRA 5L", D("31.20"))
    near = only(sought, bought={"AC-05": Bought(14, D("31.20"))})
    assert [one.code for one in near.reasons] == ["near_like_text", "near_bought", "near_same_price"]
    assert near.why("es").endswith("este cliente lo ha comprado 14 veces en un año, y al mismo precio, 31,20.")
    (other,) = SHELF.near(sought, bought={"AC-05": Bought(1, D("20"))})
    assert [one.code for one in other.reasons] == ["near_like_text", "near_bought_once"]


def test_what_is_only_bought_often_is_no_proposal():
    assert SHELF.near(Sought("77", "Queso curado"), bought={"AC-05": Bought(200, None)}) == []


def test_short_codes_are_not_stretched():
    assert Masters([Known("A-1", "Uno")]).near(Sought("A-2")) == []


@given(st.text(max_size=30), st.text(max_size=60))
def test_whatever_comes_each_proposal_is_a_known_item_with_reasons_and_weight(code, text):
    for near in SHELF.near(Sought(code, text)):
        assert near.key in ("AC-05", "AT-12")
        assert LEAST <= near.weight <= 100
        assert near.reasons


# --- From the documents that wait ------------------------------------------------------------------------------------

HEAD = "pedido;cliente;ean;descripcion;cantidad\n"


@pytest.fixture
def shop(db):
    open_shop()
    add_item("AC-05", "31.20", gtin="8437002000202")
    return [add_customer(f"C-{n}") for n in range(3)]


def near_of(received):
    causes = queries.repairs()
    found = queries.near_matches(causes=causes, at=AT + timedelta(days=2))
    return next(found[key] for key in found if key[1] == received)


@pytest.mark.wired
def test_a_gtin_changed_by_customers_is_one_cause_with_the_old_item_proposed(shop):
    take_in((HEAD + "".join(f"H{n};C-{n % 3};8437002000202;Aceite;2\n" for n in range(6))).encode(), at=AT)
    rows = [f"P{n};C-{n % 3};8437002000226;Artículo AC-05;{n + 1}\n" for n in range(9)]
    rows += [f"P{n};C-{n % 3};8437002000226;Artículo AC-05;5\n" for n in range(5)]
    take_in((HEAD + "".join(rows)).encode(), at=AT + timedelta(days=1))
    (cause,) = queries.repairs()
    assert cause.sentence("es") == "Código 8437002000226 desconocido: 14 líneas, 9 pedidos, 3 clientes"
    (near,) = near_of("8437002000226")
    assert near.key == "AC-05"
    assert [one.code for one in near.reasons] == ["near_two_signs", "near_same_text", "near_bought"]
    assert not ItemCode.objects.exists()  # proposed, not applied


def test_a_closed_item_is_never_proposed(shop):
    add_item("OLD-5", "30", gtin="8437002000219")
    catalog.put_items(rows=[{"sku": "OLD-5", "active_to": date(2026, 1, 1)}], by=BY, at=AT)
    take_in((HEAD + "P1;C-0;8437002000218;Artículo OLD-5;1\n").encode())
    assert "OLD-5" not in [one.key for one in near_of("8437002000218")]
    catalog.put_items(rows=[{"sku": "OLD-5", "active_to": None}], by=BY, at=AT)
    assert "OLD-5" in [one.key for one in near_of("8437002000218")]


def test_the_number_of_questions_is_the_same_for_one_cause_and_for_many(shop, django_assert_num_queries):
    take_in((HEAD + "".join(f"P{n};C-0;84370020{n:05d};x;1\n" for n in range(8))).encode())
    causes = queries.repairs()
    assert len(causes) == 8
    for some in (causes[:1], causes):
        with django_assert_num_queries(3):
            queries.near_matches(causes=some, at=AT)


def test_a_buyer_whose_number_is_mistyped_is_proposed(shop):
    add_customer("8412345000010", name="Supermercados del Sur", gln="8412345000010")
    take_in(b"pedido;cliente;ean;cantidad\nP1;8412345000001;8437002000202;1\n")
    assert [one.key for one in near_of("8412345000001")] == ["8412345000010"]
    operations.map_party(code="8412345000001", customer_id=shop[0], by=BY, at=AT)
    assert queries.repairs() == []
