"""Tests that share what is dear to build are run by one worker, one after the other as they are written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.running import CHECKOUT

CONFTEST = """
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.xdist_group("walks"))
"""
WALKS = """
import time
import pytest

@pytest.mark.parametrize("n", range(8))
def test_walk(n):
    time.sleep(0.05)
"""


def test_marks_of_a_group_keep_its_tests_with_one_worker_and_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_walks.py").write_text(WALKS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.groups", "-p", "no:django", "-p", "no:schemathesis"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-n", "2", "--dist", "loadgroup", "-v", "."],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    ran = re.findall(r"\[(gw\d)\] .* PASSED test_walks.py::test_walk\[(\d)\]@walks", done.stdout)
    assert [int(n) for _, n in ran] == list(range(8)), done.stdout
    assert len({worker for worker, _ in ran}) == 1
