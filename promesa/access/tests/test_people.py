from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from promesa.access import operations, queries
from promesa.access.models import ApiKey, User
from promesa.access.rules import Principal
from promesa.access.states import Role
from promesa.access.tests.people import AT, PASSWORD, SYSTEM, person
from promesa.core.actors import Actor
from promesa.core.errors import NotAllowed
from promesa.core.models import Event

pytestmark = pytest.mark.django_db


def test_adding_a_person_keeps_a_hash_and_tells_the_journal() -> None:
    user = person("luis", Role.FINANCE)
    assert user.check_password(PASSWORD)
    assert PASSWORD not in user.password
    assert list(Event.objects.values_list("kind", "subject_kind", "subject_id", "actor")) == [
        ("PersonAdded", "user", user.pk, "promesa")
    ]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"role": "root"}, operations.UnknownRole),
        ({"password": "corta"}, operations.PasswordRefused),
        ({"password": "1234567890123"}, operations.PasswordRefused),
        ({"username": "ANA"}, operations.NameTaken),
    ],
)
def test_a_person_who_cannot_be_added_leaves_nothing(change: dict[str, str], refusal: type[Exception]) -> None:
    person("ana")
    events = Event.objects.count()
    wanted = {"username": "luis", "password": PASSWORD, "role": Role.SALES, **change}
    with pytest.raises(refusal):
        operations.add_user(**wanted, by=SYSTEM, at=AT)
    assert User.objects.count() == 1
    assert Event.objects.count() == events


def test_only_who_manages_people_adds_and_changes_them() -> None:
    clerk, boss = person("ana"), person("eva", Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        operations.change_role(user_id=clerk.pk, role=Role.ADMINISTRATOR, by=Actor(f"user:{clerk.pk}"), at=AT)
    operations.change_role(user_id=clerk.pk, role=Role.SALES, by=Actor(f"user:{boss.pk}"), at=AT)
    assert User.objects.get(pk=clerk.pk).role == Role.SALES


def test_the_last_administrator_stays() -> None:
    boss = person("eva", Role.ADMINISTRATOR)
    with pytest.raises(operations.LastAdministrator):
        operations.change_role(user_id=boss.pk, role=Role.SALES, by=SYSTEM, at=AT)
    with pytest.raises(operations.LastAdministrator):
        operations.set_active(user_id=boss.pk, active=False, by=SYSTEM, at=AT)
    person("ines", Role.ADMINISTRATOR)
    operations.set_active(user_id=boss.pk, active=False, by=SYSTEM, at=AT)
    assert User.objects.get(pk=boss.pk).is_active is False


def test_nobody_changes_anothers_password_without_the_right() -> None:
    ana, luis = person("ana"), person("luis")
    with pytest.raises(NotAllowed):
        operations.set_password(user_id=ana.pk, password="otra-palabra-9", by=queries.person(luis), at=AT)
    assert User.objects.get(pk=ana.pk).check_password(PASSWORD)


def test_the_rights_of_a_label_are_looked_up_and_nobody_has_none() -> None:
    ana = person("ana")
    assert queries.may(Actor(f"user:{ana.pk}"), "enter_order") is True
    assert queries.may(Actor(f"user:{ana.pk}"), "invoice") is False
    for nobody in ("user:999999", "user:x", "key:none", "", "somebody"):
        assert queries.may(Actor(nobody), "see_orders") is False
    assert queries.may(Actor("schedule:nightly"), "invoice") is True


def test_a_principal_of_one_customer_has_no_right_over_anothers() -> None:
    who = Principal("key:ab", ["see_orders"], 7)
    assert [queries.may(who, "see_orders", one) for one in (7, 8, None)] == [True, False, True]


# --- Keys ------------------------------------------------------------------------------------------------------------


def a_key(*scopes: str, **changes):
    return operations.create_key(name="ERP", scopes=scopes, by=SYSTEM, at=AT, **changes)


def test_a_key_is_shown_once_and_kept_as_a_hash() -> None:
    key = a_key("orders:write")
    stored = ApiKey.objects.get()
    assert key.token.startswith(f"pk_{stored.prefix}_")
    assert key.token not in (stored.secret_hash, stored.prefix)
    assert len(key.token) >= 56
    who = queries.key_holder(token=key.token, at=AT)
    assert who == f"key:{stored.prefix}"
    assert who is not None
    assert "enter_order" in who.verbs


def test_a_withdrawn_or_expired_or_altered_key_opens_nothing() -> None:
    key, other = a_key("orders:read"), a_key("orders:read", expires_at=AT + timedelta(hours=1))
    operations.revoke_key(prefix=key.prefix, by=SYSTEM, at=AT)
    assert queries.key_holder(token=key.token, at=AT) is None
    assert queries.key_holder(token=other.token, at=AT) is not None
    assert queries.key_holder(token=other.token, at=AT + timedelta(hours=1)) is None
    for token in (other.token[:-1], other.token + "x", "", "pk_", other.token.upper(), "pk_\x00", "x" * 10_000):
        assert queries.key_holder(token=token, at=AT) is None


def test_a_key_cannot_be_given_a_scope_that_is_not_in_the_table() -> None:
    with pytest.raises(operations.UnknownScope):
        a_key("orders:read", "all:write")
    assert ApiKey.objects.count() == 0


def test_only_who_manages_keys_makes_them() -> None:
    with pytest.raises(NotAllowed):
        operations.create_key(name="x", scopes=["orders:read"], by=queries.person(person("ana")), at=AT)


def test_a_person_of_a_customer_has_only_what_the_portal_needs() -> None:
    rosa = operations.add_user(username="rosa", password=PASSWORD, role=Role.CUSTOMER, customer_id=7, by=SYSTEM, at=AT)
    who = queries.person(rosa)
    assert (who.customer_id, who.verbs) == (7, {"use_account", "portal_see", "portal_order"})
    assert queries.may(who, "portal_see", 7)
    assert not queries.may(who, "portal_see", 8)


@pytest.mark.parametrize(("role", "customer_id"), [(Role.CUSTOMER, None), (Role.SALES, 7), (Role.ADMINISTRATOR, 7)])
def test_a_customer_goes_with_the_role_of_a_customer_and_with_no_other(role: str, customer_id: int | None) -> None:
    with pytest.raises(operations.RoleOfACustomer):
        operations.add_user(username="x", password=PASSWORD, role=role, customer_id=customer_id, by=SYSTEM, at=AT)
    assert not User.objects.exists()


def test_a_person_of_a_customer_never_becomes_one_of_ours_nor_the_other_way() -> None:
    rosa = operations.add_user(username="rosa", password=PASSWORD, role=Role.CUSTOMER, customer_id=7, by=SYSTEM, at=AT)
    ana = person("luis", Role.SALES)
    for user, role in ((rosa, Role.ADMINISTRATOR), (ana, Role.CUSTOMER)):
        with pytest.raises(operations.RoleOfACustomer):
            operations.change_role(user_id=user.pk, role=role, by=SYSTEM, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=ana.pk).update(role=Role.CUSTOMER)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=rosa.pk).update(role=Role.SALES)
