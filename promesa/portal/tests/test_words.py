"""What a customer reads is written for customers."""

from promesa.allocation.queries.explaining import Reason
from promesa.allocation.queries.order_reasons import NOT_TOLD as NOT_TOLD_OF_SHARES
from promesa.core import words
from promesa.orders.labels_customer import code_for_customers
from promesa.orders.operations.errors import CODE
from promesa.orders.rules import CHECKS, HOLD_ROLE
from promesa.portal import told
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


def test_no_reason_of_a_share_tells_customers_how_others_are_ranked_or_what_there_is():
    steps = [code for code in words.codes() if code.startswith("share_") and code not in NOT_TOLD_OF_SHARES]
    assert len(steps) > 10
    for code in steps:
        for lang, secrets in (("es", ("nivel", "u grupo", "cupo")), ("en", ("tier", "ts group", "quota"))):
            said = told.reason(Reason(code, {}), lang)
            assert [secret for secret in secrets if secret in said] == [], (code, said)
