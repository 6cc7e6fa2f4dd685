"""Tests that share what is dear to build stay with one worker, whichever pytest there is.

xdist 3.8 tells its scheduler the group of a test by writing it behind the test's id, in a place where pytest 9.2 no longer looks:
the marks `xdist_group` were passed over without a word, and the walks of one module were spread over workers, each with a database
of its own.
"""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """In a worker, give each test the id that xdist has written for it."""
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        grouped = getattr(item, "_nodeid", item.nodeid)
        if grouped != item.nodeid:
            item._id = type(item.id).parse(grouped)
