"""`promesa user` and `promesa key`."""

import json
from datetime import datetime

import pytest
from click.testing import CliRunner, Result

from promesa.access import queries
from promesa.access.models import User
from promesa.cli.main import promesa
from promesa.customers.models import Customer

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(promesa, list(words))


def test_a_person_is_added_listed_given_a_role_and_shut_out() -> None:
    added = run("user", "add", "ana", "--role", "administrator", "--name", "Ana Ruiz", "--password", "olivo-verde-7")
    assert (added.exit_code, added.output) == (0, "ana (administrator)\n")
    assert (
        run("user", "add", "luis", "--role", "sales", "--language", "en", "--password", "olivo-verde-8").exit_code == 0
    )
    assert run("user", "role", "luis", "finance").exit_code == 0
    assert run("user", "close", "luis").exit_code == 0
    assert json.loads(run("user", "list", "--json").stdout) == [
        {"username": "ana", "name": "Ana Ruiz", "role": "administrator", "language": "es", "active": True},
        {"username": "luis", "name": "", "role": "finance", "language": "en", "active": False},
    ]


def test_a_person_of_a_customer_is_bound_to_that_customer_and_to_no_other_role() -> None:
    customer = Customer.objects.create(number="C-0001", name="Ribera")
    words = ("user", "add", "rosa", "--password", "olivo-verde-7", "--role")
    assert run(*words, "customer").exit_code != 0
    assert run(*words, "customer", "--customer", "C-0009").exit_code != 0
    assert run(*words, "sales", "--customer", "C-0001").exit_code != 0
    assert not User.objects.exists()
    assert run(*words, "customer", "--customer", "C-0001").exit_code == 0
    rosa = User.objects.get()
    assert (rosa.role, rosa.customer) == ("customer", customer.pk)
    assert run("user", "role", "rosa", "administrator").exit_code != 0
    assert User.objects.get().role == "customer"


def test_a_weak_password_and_a_taken_name_are_refused_and_add_nobody() -> None:
    assert run("user", "add", "ana", "--role", "sales", "--password", "1234").exit_code == 1
    assert User.objects.count() == 0
    assert run("user", "add", "ana", "--role", "sales", "--password", "olivo-verde-7").exit_code == 0
    again = run("user", "add", "ANA", "--role", "sales", "--password", "olivo-verde-7")
    assert again.exit_code == 1
    assert "ANA" in again.stderr
    assert User.objects.count() == 1


def test_a_password_may_be_replaced_and_an_unknown_person_is_said() -> None:
    run("user", "add", "ana", "--role", "sales", "--password", "olivo-verde-7")
    assert run("user", "password", "ana", "--password", "almendro-azul-9").exit_code == 0
    assert User.objects.get(username="ana").check_password("almendro-azul-9")
    unknown = run("user", "close", "nobody")
    assert (unknown.exit_code, "nobody" in unknown.stderr) == (1, True)


def test_a_key_works_until_it_is_revoked(at: datetime) -> None:
    made = json.loads(
        run("key", "add", "Web shop", "--scope", "orders:write", "--scope", "stock:read", "--json").stdout
    )
    assert queries.key_holder(token=made["key"], at=at) is not None
    listed = json.loads(run("key", "list", "--json").stdout)
    assert [(row["prefix"], row["scopes"]) for row in listed] == [(made["prefix"], ["orders:write", "stock:read"])]
    assert made["key"] not in run("key", "list").stdout
    assert run("key", "revoke", made["prefix"]).exit_code == 0
    assert queries.key_holder(token=made["key"], at=at) is None
    assert run("key", "revoke", "unknown").exit_code == 1
    assert run("key", "add", "x", "--scope", "everything").exit_code == 2
