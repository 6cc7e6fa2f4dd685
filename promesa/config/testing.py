"""The suite's own pytest plugin: a database of its own on the embedded server, and the fixtures that every room shares.

Named in `addopts`, so that it comes before pytest-django reads the settings.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from promesa.config import address, home, server
from promesa.core import events

# Tests never touch the data of the folder they run beside, and their database may be lost at any moment.
if not address.own_address() and "PROMESA_TESTING" not in os.environ:
    os.environ["PROMESA_HOME"] = str(home.home() / "tests")
    os.environ.setdefault("PROMESA_SERVER_OPTIONS", "fsync=off synchronous_commit=off full_page_writes=off")
os.environ["PROMESA_TESTING"] = "1"
# Playwright keeps an event loop in the thread of the test; the ORM is used beside it, never in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

SHARED_DATA = Path(os.environ.get("PROMESA_SHARED_DATA") or home.CHECKOUT.parent / "shared" / "data")


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("PROMESA_LOG", "ERROR")


def pytest_unconfigure(config: pytest.Config) -> None:
    server.let_go()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the server only when a test asks for the database."""
    server.hold()


@pytest.fixture(autouse=True)
def muted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Events are written but nobody listens, unless the test is marked `wired` or asks for the fixture."""
    listens = request.node.get_closest_marker("wired") is not None or "wired" in request.fixturenames
    events.mute(not listens)
    yield
    events.mute(False)


@pytest.fixture
def wired() -> None:
    """Events reach their listeners, as in a running system."""


@pytest.fixture
def at() -> datetime:
    """The fixed moment of tests: Monday 2 March 2026, 09:00 UTC."""
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real documents and data sets; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real documents are not here: PROMESA_SHARED_DATA names their folder (looked in {SHARED_DATA})")
    return SHARED_DATA


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Hash passwords quickly: tests make many people."""
    usual = settings.PASSWORD_HASHERS
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield
    settings.PASSWORD_HASHERS = usual
