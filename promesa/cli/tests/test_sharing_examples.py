"""The page that explains how what is scarce is shared: every file of it, every figure, and what the command prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from promesa.cli.main import promesa
from promesa.config import home

DOCS = home.CHECKOUT / "docs"
PAGE = (DOCS / "sharing.md").read_text(encoding="utf-8")
FILES = DOCS / "examples" / "sharing"
EXAMPLES = re.findall(r"^\| \[([a-z-]+)\]\((examples/sharing/[a-z-]+\.json)\) \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE)
RULES = re.findall(r"^\| `([a-z_]+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", PAGE, re.MULTILINE)
OUTPUTS = re.findall(r"```console\n\$ promesa (.+)\n([\s\S]+?)```", PAGE)


def shared(content: str) -> list[str]:
    """What `promesa allocate solve` says: `A 43`, line by line."""
    done = CliRunner().invoke(promesa, ["allocate", "solve", "-", "--json"], input=content, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return [f"{one['line']} {one['share']}" for one in json.loads(done.stdout)["lines"]]


@pytest.mark.parametrize(("name", "file", "said"), EXAMPLES)
def test_an_example_gives_what_the_page_says(name: str, file: str, said: str) -> None:
    assert file == f"examples/sharing/{name}.json"
    assert shared((DOCS / file).read_text(encoding="utf-8")) == said.split(", ")


@pytest.mark.parametrize("row", RULES, ids=lambda row: row[0])
def test_a_rule_gives_four_customers_what_the_page_says(row: tuple[str, ...]) -> None:
    content = (FILES / "four.json").read_text(encoding="utf-8").replace('"proportional"', f'"{row[0]}"')
    assert shared(content) == [f"{line} {share}" for line, share in zip("ABCD", row[1:], strict=True)]


@pytest.mark.parametrize(("command", "printed"), OUTPUTS)
def test_a_command_prints_what_the_page_shows(command: str, printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.CHECKOUT)
    done = CliRunner().invoke(promesa, command.split(), catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (0, printed)


def test_what_cannot_be_kept_is_told_in_the_words_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.CHECKOUT)
    command = ["allocate", "solve", str(FILES / "ranks.json"), "--lang", "en"]
    told = CliRunner().invoke(promesa, command, catch_exceptions=False).stdout.splitlines()[-1]
    assert told == "The guaranteed minimum of 40 (customer B, item oil) lacks 20."
    assert f"“{told}”" in PAGE or f'"{told}"' in PAGE


def test_every_file_is_on_the_page_and_every_rule_in_its_tables() -> None:
    named = {Path(file).stem for _, file, _ in EXAMPLES}
    assert {one.stem for one in FILES.glob("*.json")} == {*named, "four"}
    assert (len(EXAMPLES), len(RULES), len(OUTPUTS)) == (15, 5, 1)
