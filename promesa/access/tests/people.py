"""People for tests."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client

from promesa.access.models import User
from promesa.access.operations import add_user
from promesa.access.states import Role
from promesa.core.actors import Actor

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SYSTEM = Actor("promesa")
PASSWORD = "almendra-verde-77"


def person(username: str = "ana", role: str = Role.CUSTOMER_SERVICE, language: str = "en") -> User:
    """Somebody with a password."""
    return add_user(username=username, password=PASSWORD, role=role, by=SYSTEM, at=AT, language=language)


def browser_of(user: User, *, strict: bool = False) -> Client:
    """A browser in which this person is signed in."""
    client = Client(enforce_csrf_checks=strict)
    client.force_login(user)
    return client
