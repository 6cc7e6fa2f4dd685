"""The suite's ground, laid before pytest-django reads the settings (`addopts` names this plugin): a data folder of its own.

Tests never touch the data of the folder they run beside, and their database may be lost at any moment.
"""

import os

import pytest

from promesa.config import address, home, server

if not address.own_address() and "PROMESA_TESTING" not in os.environ:
    os.environ["PROMESA_HOME"] = str(home.home() / "tests")
    os.environ.setdefault("PROMESA_SERVER_OPTIONS", "fsync=off synchronous_commit=off full_page_writes=off")
os.environ["PROMESA_TESTING"] = "1"
os.environ.setdefault("PROMESA_LOG", "ERROR")
# Playwright keeps an event loop in the thread of the test; the ORM is used beside it, never in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the server go: the last process of the run stops it."""
    server.let_go()
