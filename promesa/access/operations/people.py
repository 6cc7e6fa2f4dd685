"""People: who may sign in, with which role and password."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q

from promesa.access.events import PersonAdded, PersonChanged
from promesa.access.models import User
from promesa.access.operations.sessions import end_now
from promesa.access.queries import insist
from promesa.access.states import Role
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb


class NameTaken(Refused):
    """Somebody has this user name."""


class UnknownRole(Refused):
    """There is no such role."""


class RoleOfACustomer(Refused):
    """Only the role of a customer has a customer, and it always has one."""


class PasswordRefused(Refused):
    """The password is too short, too common or too like the name; the reasons say which."""


class WrongPassword(Refused):
    """The current password was typed wrongly."""


class LastAdministrator(Refused):
    """Somebody must be left who can manage people."""


@verb
def add_user(
    *,
    username: str,
    password: str,
    role: str,
    by: Actor,
    at: datetime,
    name: str = "",
    email: str = "",
    language: str = "es",
    customer_id: int | None = None,
    hashed: str = "",
) -> User:
    """Add a person who may sign in. With the role of a customer, `customer_id` says whose person it is. `hashed` is the
    password as it is stored, where somebody has made it already: that takes half a second on purpose.

    :raises NotAllowed: without the right to manage people.
    :raises UnknownRole: if there is no such role.
    :raises RoleOfACustomer: if a customer is given to another role, or none to that one.
    :raises PasswordRefused: if the password is weak.
    :raises NameTaken: if the user name is in use.
    """
    insist(by, "manage_people")
    _known_role(role)
    if (role == Role.CUSTOMER) != (customer_id is not None):
        raise RoleOfACustomer
    first, _, last = name.strip().partition(" ")
    user = User(
        username=User.normalize_username(username.strip()),
        first_name=first[:150],
        last_name=last[:150],
        email=email,
        role=role,
        customer=customer_id,
        language=language if language in ("es", "en") else "es",
        date_joined=at,
    )
    _strong(password, user)
    if User.objects.filter(username__iexact=user.username).exists():
        raise NameTaken(username=user.username)
    if hashed:
        user.password = hashed
    else:
        user.set_password(password)
    user.save()
    emit(PersonAdded(user_id=user.pk, role=role), by=by, at=at)
    return user


@verb
def change_role(*, user_id: int, role: str, by: Actor, at: datetime) -> User:
    """Give a person another role; it counts from their next click.

    :raises LastAdministrator: if nobody would be left to manage people.
    :raises RoleOfACustomer: a customer's person never becomes one of the company, nor the other way.
    """
    insist(by, "manage_people")
    _known_role(role)
    user = locked(user_id)
    if user.role == role:
        return user
    if Role.CUSTOMER in (user.role, role):
        raise RoleOfACustomer
    if role != Role.ADMINISTRATOR:
        _not_the_last(user)
    before, user.role = user.role, role
    user.save(update_fields=["role"])
    emit(PersonChanged(user_id=user.pk, what="role", before=before, after=role), by=by, at=at)
    return user


@verb
def set_active(*, user_id: int, active: bool, by: Actor, at: datetime) -> User:
    """Let a person in, or shut them out at once, wherever they are signed in.

    :raises LastAdministrator: if nobody would be left to manage people.
    """
    insist(by, "manage_people")
    user = locked(user_id)
    if user.is_active == active:
        return user
    if not active:
        _not_the_last(user)
        end_now(user_id=user.pk)
    user.is_active = active
    user.save(update_fields=["is_active"])
    emit(PersonChanged(user_id=user.pk, what="activated" if active else "deactivated"), by=by, at=at)
    return user


@verb
def set_password(*, user_id: int, password: str, by: Actor, at: datetime) -> User:
    """Give a person a new password; they are signed out everywhere.

    :raises NotAllowed: unless it is one's own or one may manage people.
    :raises PasswordRefused: if it is weak.
    """
    if by != f"user:{user_id}":
        insist(by, "manage_people")
    user = locked(user_id)
    _strong(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_now(user_id=user.pk)
    emit(PersonChanged(user_id=user.pk, what="password"), by=by, at=at)
    return user


@verb
def change_own_password(*, user_id: int, current: str, password: str, by: Actor, at: datetime) -> User:
    """Change one's own password, by showing that one knows the current one.

    :raises WrongPassword: if the current one is wrong.
    """
    if not check_password(current, User.objects.get(pk=user_id).password):
        raise WrongPassword
    return set_password(user_id=user_id, password=password, by=by, at=at)


@verb
def set_preferences(*, user_id: int, language: str, theme: str) -> None:
    """Keep which language and theme a person reads in."""
    User.objects.filter(pk=user_id).update(
        language=language if language in ("es", "en") else "es",
        theme=theme if theme in ("system", "light", "dark") else "system",
    )


@verb
def record_look(*, user_id: int, at: datetime) -> None:
    """Remember that a person has seen what changed until now."""
    User.objects.filter(pk=user_id).update(seen_at=at)


def _known_role(role: str) -> None:
    if role not in set(Role):
        raise UnknownRole(role=role)


def locked(user_id: int) -> User:
    """The person, whose row stays ours until the transaction ends.

    :raises NotFound: if there is no such person.
    """
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(str(user_id), what=f"user {user_id}")
    return user


def _not_the_last(user: User) -> None:
    if user.role != Role.ADMINISTRATOR:
        return
    others = User.objects.select_for_update().filter(~Q(pk=user.pk), role=Role.ADMINISTRATOR, is_active=True)
    if not others.order_by("pk").exists():
        raise LastAdministrator


def _strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefused(reasons=" ".join(error.messages)) from None
