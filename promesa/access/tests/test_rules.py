from datetime import timedelta

import pytest

from promesa.access.rules import (
    OF_ONE_CUSTOMER,
    ROLES,
    SCOPES,
    VERBS,
    Principal,
    browser_of,
    hold_verb,
    verbs_of_role,
    verbs_of_scopes,
    wait_after,
)
from promesa.access.states import Role


def test_each_role_has_rights_and_only_known_ones() -> None:
    assert set(ROLES) == set(Role)
    for verbs in ROLES.values():
        assert verbs
        assert verbs <= set(VERBS)


def test_each_scope_gives_only_known_rights_and_to_write_is_to_read() -> None:
    for scope, verbs in SCOPES.items():
        assert verbs <= set(VERBS)
        room, _, kind = scope.partition(":")
        if kind == "write" and f"{room}:read" in SCOPES:
            assert SCOPES[f"{room}:read"] <= verbs


def test_every_right_has_a_name_in_both_languages_and_somebody_who_has_it() -> None:
    for verb, (spanish, english) in VERBS.items():
        assert spanish != english
        assert any(verb in verbs for verbs in ROLES.values())


def test_nobody_but_the_administrator_manages_people_and_keys() -> None:
    for role, verbs in ROLES.items():
        assert ("manage_people" in verbs) == ("manage_keys" in verbs) == (role == Role.ADMINISTRATOR)


def test_whoever_sells_does_not_release_credit_and_whoever_invoices_does_not_enter_orders() -> None:
    assert "release_credit_hold" not in ROLES[Role.SALES] | ROLES[Role.CUSTOMER_SERVICE] | ROLES[Role.BACK_OFFICE]
    assert "enter_order" not in ROLES[Role.FINANCE]
    assert hold_verb("credit") == "release_credit_hold"
    assert hold_verb("price") == "release_hold"


def test_the_rights_of_the_portal_are_those_of_customers_and_of_nobody_else() -> None:
    assert ROLES[Role.CUSTOMER] == {"use_account", "portal_see", "portal_order"}
    for role in set(Role) - {Role.CUSTOMER}:
        assert not ROLES[role] & {"portal_see", "portal_order"}
    for scopes in SCOPES.values():
        assert not scopes & {"portal_see", "portal_order"}


def test_an_unknown_role_or_scope_gives_no_right() -> None:
    assert verbs_of_role("root") == frozenset()
    assert verbs_of_scopes(["orders:everything", ""]) == frozenset()


def test_a_key_of_one_customer_never_has_more_than_a_customer_may() -> None:
    verbs = verbs_of_scopes(SCOPES, customer_id=7)
    assert verbs == OF_ONE_CUSTOMER
    assert not verbs & {"see_stock", "change_price", "invoice", "release_hold", "despatch"}


def test_a_principal_reads_as_its_label() -> None:
    who = Principal("key:ab12", ["see_orders"], 7)
    assert (who, who.kind, who.reference) == ("key:ab12", "key", "ab12")
    assert (who.verbs, who.customer_id) == (frozenset({"see_orders"}), 7)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (12, 256), (13, 512), (14, 900), (10_000, 900)]
)
def test_the_wait_doubles_with_each_failure_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert wait_after(failures, 5) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
            "Chrome, Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.0", "curl/8.0"),
        ("", ""),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent: str, name: str) -> None:
    assert browser_of(agent) == name
