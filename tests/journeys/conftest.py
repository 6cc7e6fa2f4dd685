"""What the stories share: everybody listens, and time passes only when told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

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


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    """What stories keep, and what they lay into boxes of partners, lies in a folder of their own."""
    settings.HOME = tmp_path
