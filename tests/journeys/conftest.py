"""What the stories share: everybody listens, and time passes only when told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from promesa.core import relay


@pytest.fixture
def settle(wired: None) -> Callable[[], None]:
    """Let everything that waits to be heard be heard, until nothing is left."""

    def until_quiet() -> None:
        while relay.drain():
            pass
        assert relay.waiting() == 0

    return until_quiet
