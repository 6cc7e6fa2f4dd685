"""`promesa allocate solve`: the engine alone, from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from promesa.cli.allocate import allocate

LINES = [
    {"line": str(number), "order": f"O{number}", "customer": f"C{number}", "item": "A", "open_quantity": str(asked)}
    for number, asked in enumerate((60, 50, 20, 10), 1)
]
INSTANCE = {
    "as_of": "2026-11-21",
    "rule": "proportional",
    "supply": [{"lot": "L1", "item": "A", "quantity": "100", "available_on": "2026-11-21", "expires_on": None}],
    "lines": LINES,
}


def solve(document: Any, *options: str) -> Result:
    text = document if isinstance(document, str) else json.dumps(document)
    return CliRunner().invoke(allocate, ["solve", "-", *options], input=text)


def test_the_answer_is_that_of_the_contract() -> None:
    result = solve(INSTANCE, "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["shares"] == [
        {"line": line, "lot": "L1", "quantity": quantity}
        for line, quantity in (("1", "43"), ("2", "36"), ("3", "14"), ("4", "7"))
    ]
    assert [(line["line"], line["share"]) for line in answer["lines"]] == [
        ("1", "43"),
        ("2", "36"),
        ("3", "14"),
        ("4", "7"),
    ]
    assert answer["lines"][0]["why"] == {
        "es": "Hay 100 para 140 pedidas. Su grupo (nivel 1) va a partes proporcionales: le tocan 42,857. En unidades enteras, 43.",
        "en": "There are 100 for 140 asked. Its group (tier 1) shares in proportion: its part is 42.857. In whole units, 43.",
    }
    assert answer["objective"] == {
        "floors_missed": "0", "tiers": ["100"], "complete_orders": 0, "weighted_complete": "0", "margin": "0",
    }  # fmt: skip
    assert (answer["exceptions"], answer["bound"], answer["gap"]) == ([], None, None)
    assert float(answer["seconds"]) >= 0


def test_what_could_not_be_kept_is_told_in_both_languages() -> None:
    instance = {**INSTANCE, "floors": [{"group": {"customer": "C1"}, "item": "A", "quantity": "120"}], "lines": [
        {**LINES[0], "open_quantity": "130"}]}  # fmt: skip
    answer = json.loads(solve(instance, "--json").stdout)
    assert answer["exceptions"] == [
        {
            "code": "floor_short", "subject": 0,
            "params": {"group": "customer C1, item A", "quantity": "120", "missing_quantity": "20"},
            "message": {
                "es": "Al mínimo garantizado de 120 (customer C1, item A) le faltan 20.",
                "en": "The guaranteed minimum of 120 (customer C1, item A) lacks 20.",
            },
        }
    ]  # fmt: skip


def test_people_read_a_table_with_the_reasons(tmp_path: Path) -> None:
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(INSTANCE))
    result = CliRunner().invoke(allocate, ["solve", str(file), "--lang", "es"])
    assert result.exit_code == 0
    assert "le tocan 35,714. En unidades enteras, 36." in result.stdout


def test_all_faults_are_told_and_the_exit_code_is_one() -> None:
    result = solve({**INSTANCE, "rule": "fair", "lines": [{**LINES[0], "pack": "0"}]}, "--lang", "en")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "rule: fair is unknown. Known are: proportional, max_min, weighted_max_min, equal_losses, priority, days_of_supply, best.",
        "lines[0].pack: 0 is too small.",
    ]


def test_programs_read_the_faults_as_findings() -> None:
    result = solve("{", "--json")
    assert result.exit_code == 1
    (finding,) = json.loads(result.stdout)["findings"]
    assert (finding["where"], finding["code"]) == ("", "instance_not_json")


def test_a_file_that_is_not_there_is_wrong_use() -> None:
    assert CliRunner().invoke(allocate, ["solve", "/nowhere/instance.json"]).exit_code == 2
    assert CliRunner().invoke(allocate, ["solve"]).exit_code == 2
