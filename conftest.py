"""Fixtures that every room and every story shares."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker

from promesa.config import home, server
from promesa.core import events
from tests import template
from tests.needs import chromium

pytest_plugins = ["tests.groups"]

SHARED_DATA = Path(os.environ.get("PROMESA_SHARED_DATA") or home.CHECKOUT.parent / "shared" / "data")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Start the server only when a test asks for the database, and copy it from one that is migrated already."""
    embedded = server.hold()
    if embedded is not None:
        with django_db_blocker.unblock():
            connections["default"].settings_dict["TEST"]["TEMPLATE"] = template.ensure(embedded)


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


# No answer may depend on what a browser does in the background, nor on the machine's screen.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    program = chromium()
    assert program, "Chromium is missing: run `make test`, or install the package chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()
