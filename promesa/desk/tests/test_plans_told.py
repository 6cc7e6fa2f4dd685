"""What two people sign is said in words, and all of it."""

from __future__ import annotations

from promesa.allocation.rules.instance import DEFAULT_OBJECTIVE
from promesa.desk.plans_told import Names, deeds

NAMES = Names({"protect": "Proteger", "build": "Desarrollar"}, {"C-1": "Alba"}, {"OIL": "Aceite"})
ALBA = {"customer": "C-1"}


def test_minimums_say_their_rank_and_their_days_and_penalties_are_said_too() -> None:
    content = {
        "rule": "proportional",
        "tiers": {"protect": 1, "build": 2},
        "floors": [{"group": ALBA, "item": "OIL", "quantity": "10", "rank": 2, "valid_from": "2026-12-01", "valid_to": "2026-12-20"}],
        "penalties": [{"group": ALBA, "percent": "5"}],
        "late_days": 1,
    }  # fmt: skip
    assert [one.replace("\xa0", " ") for one in deeds(content, NAMES, "es")] == [
        "Reparte en proporción a lo que pide cada uno.",
        "Primero Proteger, después Desarrollar.",
        (
            "Alba: 10 garantizadas de Aceite. Va después de las de rango mejor: rango 2. Desde el mar 1 dic."
            " Deja de valer el dom 20 dic."
        ),
        "Nada llega más de 1 día después de lo pedido.",
        "Alba: dar menos de lo prometido cuesta el 5 % de su valor.",
    ]


def test_what_the_proportion_the_days_and_the_best_sharing_go_by_is_said() -> None:
    quota = {"base": "quota", "quotas": [{"customer": "C-1", "item": "OIL", "quantity": "30"}]}
    assert deeds(quota, NAMES, "en")[2] == "Alba: their quota of Aceite is 30."
    days = {
        "rule": "days_of_supply", "retain": {"OIL": "20"},
        "stocks": [{"customer": "C-1", "item": "OIL", "stock": "5", "daily_demand": "2"}],
    }  # fmt: skip
    assert deeds(days, NAMES, "en")[1:] == ["Alba: has 5 of Aceite and uses 2 a day.", "20 of Aceite are kept back."]
    best = deeds({"rule": "best", "objective": list(DEFAULT_OBJECTIVE)}, NAMES, "en")
    assert best[1].startswith("In this order: what is guaranteed, then tiers")
    assert "_" not in best[1]
