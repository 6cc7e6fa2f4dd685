"""What a customer reads is written for customers."""

from promesa.core import words
from promesa.orders.labels_customer import code_for_customers
from promesa.orders.operations.errors import CODE
from promesa.orders.rules import CHECKS, HOLD_ROLE
from promesa.portal.labels import NOT_TOLD


def test_every_finding_has_words_for_customers_or_is_not_told_to_them():
    assert [code for code in (*CHECKS, CODE) if code_for_customers(code) == code and code not in NOT_TOLD] == []


def test_no_finding_is_told_to_customers_in_the_words_of_staff():
    values = {"received": "X", "text": "X", "item": "X", "items": "X", "right": "1", "customer": "X"}
    for code in CHECKS:
        for lang in words.LANGUAGES:
            assert words.say(code_for_customers(code), values, lang) != words.say(code, values, lang)


def test_every_kind_of_hold_has_words_for_customers():
    assert words.known("portal_hold_other")
    told = {kind for kind in HOLD_ROLE if words.known(f"portal_hold_{kind}")}
    assert told == {"credit", "price", "duplicate", "shortage"}
