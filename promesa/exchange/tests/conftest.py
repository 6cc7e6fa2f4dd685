"""Bytes of tests lie in a folder of their own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path / "files"
