"""Plans in words: what a scenario does, what came of it, what happened, what customers are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from promesa.allocation.letters import sentence_of
from promesa.allocation.queries.comparing import Comparison
from promesa.allocation.queries.plans import PlanPage, RunRow, ScenarioRow
from promesa.allocation.rules.figures import Figures
from promesa.core import words
from promesa.core.ui import charts
from promesa.core.ui.format import format_date, format_money, format_number, format_percent, joined
from promesa.desk import plans_words  # noqa: F401  (its sentences are said here)
from promesa.desk.labels import actor_word, channel_word
from promesa.desk.queries import plans as queries

ZERO = Decimal(0)
COLUMNS = 3
CSS = ("protect", "bar-kept", "bar-info")
TONES = {
    "PlanProposed": "", "PlanSigned": "kept", "PlanPublished": "kept", "PartRefused": "broken", "NoticeAnswered": "", "ShareMoved": "risk",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What is called how: segments, customers, items."""

    segments: Mapping[str, str]
    customers: Mapping[str, str]
    items: Mapping[str, str]


def names_in(contents: Sequence[Mapping[str, Any]], lang: str) -> Names:
    """The names of all that these scenarios mention. Two statements."""
    customers: set[str] = set()
    items: set[str] = set()
    for content in contents:
        items |= set(content.get("items", ()))
        for kind in ("treatments", "exceptions", "floors", "ceilings", "penalties"):
            for row in content.get(kind, ()):
                group = row.get("group", {})
                customers |= {str(group["customer"])} if "customer" in group else set()
                items |= {str(one) for one in (group.get("item"), row.get("item")) if one}
        for kind in ("quotas", "stocks"):
            customers |= {str(row["customer"]) for row in content.get(kind, ())}
            items |= {str(row["item"]) for row in content.get(kind, ())}
        items |= set(content.get("retain", {}))
    found = queries.names(customers=customers, items=items)
    segments = {one["code"]: one[f"name_{lang}"] for one in queries.segments()}
    return Names(segments, *found)


# --- What a scenario does ----------------------------------------------------------------------------------------------


def group_word(group: Mapping[str, Any], names: Names, lang: str) -> str:
    """Whom a group means: `Proteger, región Sur`."""
    said = []
    for trait, value in group.items():
        if trait == "segment":
            said.append(names.segments.get(value, value))
        elif trait == "customer":
            said.append(names.customers.get(value, value))
        elif trait == "item":
            said.append(names.items.get(value, value))
        elif trait == "channel":
            said.append(words.say("plan_trait_channel", {"value": channel_word(value, lang)}, lang))
        else:
            said.append(words.say(f"plan_trait_{trait}", {"value": str(value)}, lang))
    return joined(said, lang) if said else words.say("plan_everybody", {}, lang)


def deeds(content: Mapping[str, Any], names: Names, lang: str) -> list[str]:
    """What a scenario does, in plain sentences, in the order in which it counts."""
    said = [words.say(f"plan_does_{content.get('rule', 'proportional')}", {}, lang)]
    if content.get("base", "orders") != "orders":
        said.append(words.say(f"plan_base_{content['base']}", {"weeks": content.get("history_weeks", 13)}, lang))
    said += _tiers(content, names, lang)
    for row in content.get("floors", ()):
        said.append(_limit("plan_floor", row, names, lang))
    for row in content.get("ceilings", ()):
        said.append(_limit("plan_ceiling", row, names, lang))
    for kind in ("exceptions", "treatments"):
        for row in content.get(kind, ()):
            said.append(_treatment(row, names, lang))
    if content.get("strategy", "share") != "share":
        said.append(words.say("plan_all_others", {"strategy": strategy_word(content["strategy"], lang)}, lang))
    if content.get("frozen_days"):
        said.append(words.say("plan_frozen", {"days": content["frozen_days"]}, lang))
    return said + _further(content, names, lang)


def _further(content: Mapping[str, Any], names: Names, lang: str) -> list[str]:
    """What else is signed: objectives, what the proportion and the days go by, what is kept back, lateness, penalties."""
    said: list[tuple[str, dict[str, Any]]] = []
    if content.get("rule") == "best":
        goals = [words.say(f"plan_goal_{one}", {}, lang) for one in content.get("objective", ())]
        said.append(("plan_goals", {"order": words.say("plan_then", {}, lang).join(goals)}))
    if content.get("base") == "quota":
        said += [
            ("plan_quota", {**_of_customer(row, names), "quantity": row["quantity"]})
            for row in content.get("quotas", ())
        ]
    if content.get("rule") == "days_of_supply":
        said += [
            (
                "plan_stock",
                {**_of_customer(row, names), "stock_quantity": row["stock"], "daily_quantity": row["daily_demand"]},
            )
            for row in content.get("stocks", ())
        ]
        retain = content.get("retain", {}).items()
        said += [
            ("plan_retain", {"item": names.items.get(item, item), "quantity": quantity}) for item, quantity in retain
        ]
    if content.get("late_days") is not None:
        said.append(("plan_late", {"days": content["late_days"]}))
    for row in content.get("penalties", ()):
        who = group_word(row.get("group", {}), names, lang)
        said.append(("plan_penalty", {"who": who, "percent": Decimal(str(row.get("percent", 0)))}))
    return [words.say(code, params, lang) for code, params in said]


def _of_customer(row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {
        "who": names.customers.get(row["customer"], row["customer"]),
        "item": names.items.get(row["item"], row["item"]),
    }


def _tiers(content: Mapping[str, Any], names: Names, lang: str) -> list[str]:
    tiers = content.get("tiers", {})
    if len(set(tiers.values())) < 2:
        return []
    turns: dict[int, list[str]] = {}
    for segment, tier in tiers.items():
        turns.setdefault(int(tier), []).append(names.segments.get(segment, segment))
    order = [joined(sorted(turns[tier]), lang) for tier in sorted(turns)]
    return [words.say("plan_turns", {"order": words.say("plan_then", {}, lang).join(order)}, lang)]


def _limit(code: str, row: Mapping[str, Any], names: Names, lang: str) -> str:
    text = words.say(
        code,
        {
            "quantity": Decimal(str(row.get("quantity", 0))), "who": group_word(row.get("group", {}), names, lang),
            "item": names.items.get(row.get("item", ""), row.get("item", "")) or words.say("plan_all_items", {}, lang),
        },
        lang,
    )  # fmt: skip
    if row.get("rank", 1) != 1:
        text += " " + words.say("plan_rank", {"rank": row["rank"]}, lang)
    if row.get("decay") == "linear":
        text += " " + words.say("plan_melts", {}, lang)
    for end in ("valid_from", "valid_to"):
        if row.get(end):
            text += " " + words.say(f"plan_limit_{end}", {"on_date": row[end]}, lang)
    return f"{text} {row['reason']}." if row.get("reason") else text


def _treatment(row: Mapping[str, Any], names: Names, lang: str) -> str:
    parts = []
    if row.get("strategy"):
        parts.append(strategy_word(row["strategy"], lang))
    if row.get("tier") is not None:
        parts.append(words.say("plan_tier", {"tier": row["tier"]}, lang))
    if row.get("weight") is not None:
        parts.append(words.say("plan_weight", {"weight": Decimal(str(row["weight"]))}, lang))
    text = f"{group_word(row.get('group', {}), names, lang)}: {joined(parts, lang)}."
    return f"{text} {row['reason']}." if row.get("reason") else text


def strategy_word(strategy: str, lang: str) -> str:
    """`keep_or_better` -> conserva o mejora"""
    return words.say(f"plan_strategy_{strategy}", {}, lang)


# --- Scenarios beside each other -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One scenario that is shown, with its newest run."""

    scenario: ScenarioRow
    run: RunRow | None
    css: str


def columns(page: PlanPage) -> list[Column]:
    """The scenarios that are compared: the one chosen and the newest others, in the order of their letters."""
    runs: dict[str, RunRow] = {}
    for run in page.runs:
        runs.setdefault(run.letter, run)
    newest = sorted(page.scenarios, key=lambda one: (not one.is_chosen, -one.id))[:COLUMNS]
    shown = sorted(newest, key=lambda one: one.id)
    return [Column(one, runs.get(one.letter), CSS[at]) for at, one in enumerate(shown)]


def who_gets(found: Sequence[queries.Shared], cols: Sequence[Column], names: Names, lang: str) -> list[dict[str, Any]]:
    """The rows of the table: what each scenario gives, with the difference to today, and bars on one scale."""
    whole = float(max((one.open for one in found), default=Decimal(1)) or 1)
    return [
        {
            "one": one,
            "segment": names.segments.get(one.segment, one.segment),
            "asked": f"{float(one.open) / whole * 100:.2f}",
            "cells": [_cell(one, col, lang) for col in cols],
            "bars": [_bar("bar-soft", one.before, whole, 0, len(cols))]
            + [_bar(col.css, _got(one, col), whole, at, len(cols)) for at, col in enumerate(cols, start=1)],
        }
        for one in found
    ]


def _got(one: queries.Shared, col: Column) -> Decimal:
    return one.gets[col.run.id][0] if col.run and col.run.id in one.gets else ZERO


def _cell(one: queries.Shared, col: Column, lang: str) -> dict[str, Any]:
    if col.run is None or col.run.id not in one.gets:
        return {"value": None, "letter": col.scenario.letter}
    got = one.gets[col.run.id][0]
    more = got - one.before
    tone = "win" if more > 0 and got >= one.open else "short" if more < 0 else ""
    return {
        "value": got, "letter": col.scenario.letter, "tone": tone, "strategy": one.gets[col.run.id][1],
        "more": format_number(more, lang, sign=True) if more else "", "run": col.run.number,
    }  # fmt: skip


def _bar(css: str, value: Decimal, whole: float, place: int, count: int) -> dict[str, str]:
    tall = 24 / (count + 1)
    return {
        "css": css, "width": f"{float(value) / whole * 100:.2f}", "y": f"{place * tall + tall * 0.18:.1f}",
        "height": f"{tall * 0.64:.1f}",
    }  # fmt: skip


def effects(compared: Sequence[tuple[Column, Comparison]], lang: str) -> list[dict[str, Any]]:
    """The table of effects: each measure today and in each scenario, the best of each row marked."""
    if not compared:
        return []
    today = compared[0][1].today
    all_figures = [today, *(one.first_figures for _, one in compared)]
    measures: list[tuple[str, Any, Any, int]] = [
        ("plan_m_complete", lambda f: f.complete_orders, lambda f: _of(f.complete_orders, f.orders, lang), 1),
        ("plan_m_on_time", lambda f: f.on_time_orders, lambda f: _of(f.on_time_orders, f.orders, lang), 1),
        ("plan_m_fill", lambda f: f.fill, lambda f: format_percent(f.fill, lang, 0), 1),
        ("plan_m_worst", lambda f: f.minimum_fill, lambda f: format_percent(f.minimum_fill, lang, 0), 1),
        ("plan_m_fair", lambda f: f.jain, lambda f: format_number(f.jain, lang, 2), 1),
        ("plan_m_money", lambda f: f.money, lambda f: _euros(f.money, lang), 1),
        ("plan_m_fall", lambda f: f.broken_promises, lambda f: format_number(f.broken_promises, lang), -1),
        ("plan_m_fall_cost", lambda f: f.broken_money, lambda f: _euros(f.broken_money, lang), -1),
        ("plan_m_penalty", lambda f: f.penalties, lambda f: format_money(f.penalties, "EUR", lang), -1),
        ("plan_m_moved", lambda f: f.moved_units, lambda f: format_number(f.moved_units, lang), -1),
    ]
    return [
        {"word": words.say(code, {}, lang), "cells": _marked(all_figures, key, shown, sign)}
        for code, key, shown, sign in measures
    ]


def _euros(amount: Decimal, lang: str) -> str:
    return format_money(amount, "EUR", lang, decimals=0)


def _of(part: int, whole: int, lang: str) -> str:
    return words.say("plan_of", {"part": part, "whole": whole}, lang)


def _marked(found: Sequence[Figures], key: Any, shown: Any, sign: int) -> list[dict[str, Any]]:
    values = [key(one) * sign for one in found]
    best = max(values)
    return [
        {"text": shown(one), "best": value == best and min(values) != best}
        for one, value in zip(found, values, strict=True)
    ]


def effect_heading(compared: Sequence[tuple[Column, Comparison]], lang: str, *, state: str = "") -> str:
    """The finding over the effects: `B completa 4 pedidos; A, ninguno; hoy, 3`; once in force, it was so before."""
    if not compared:
        return words.say("plan_not_worked_out", {}, lang)
    found = sorted(
        ((col.scenario.letter, one.first_figures.complete_orders) for col, one in compared), key=lambda one: -one[1]
    )
    letter, most = found[0]
    said = [words.say("plan_completes", {"letter": letter, "orders": most}, lang)]
    said += [f"{other}, {count or words.say('plan_none', {}, lang)}" for other, count in found[1:]]
    then = "plan_before" if state in ("published", "closed") else "plan_today"
    said.append(f"{words.say(then, {}, lang)}, {compared[0][1].today.complete_orders}")
    return "; ".join(said)


def supply_bars(found: Sequence[queries.Supplied], lang: str) -> list[dict[str, Any]]:
    """What there is of each item and where it goes by the scenario."""
    return [
        {
            "one": one,
            "missing": max(ZERO, one.open - one.share),
            "bar": charts.scarcity(
                one.stock, one.coming, one.share, 0, max(ZERO, one.supply - one.share), max(ZERO, one.open - one.share),
                lang=lang,
            ),
        }
        for one in found
    ]  # fmt: skip


# --- What happened, what is not kept, letters ------------------------------------------------------------------------


def timeline(found: Sequence[queries.Happened], names: dict[str, str], lang: str) -> list[dict[str, Any]]:
    """The journal of a plan, the newest first. Parts are told by the publishing that they belong to."""
    said = []
    for event in found:
        if event.kind == "PartPublished":
            continue
        params = dict(event.facts)
        if "side" in params:
            params["side"] = words.both(f"plan_side_{params['side']}")
        code = f"told_{event.kind}"
        said.append({
            "text": words.say(code, params, lang), "tone": TONES.get(event.kind, ""), "at": event.at,
            "who": actor_word(event.actor, names, lang),
        })  # fmt: skip
    return said


def exceptions(found: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """What was agreed and could not be kept, in words; millionths as people say them."""
    return [words.say(one["code"], _plain(one.get("params", {})), lang) for one in found]


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: Decimal(value) / 1_000_000 if "quantity" in name and isinstance(value, int) else value
        for name, value in params.items()
    }


def changes(found: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """What changed since a run, in words."""
    return [words.say(one["code"], one.get("params", {}), lang) for one in found]


def letters(found: Sequence[queries.LetterLine], lang: str, today: date) -> list[dict[str, Any]]:
    """One letter a customer, in the customer's language: what each line had and gets, what may be answered."""
    by_customer: dict[str, list[queries.LetterLine]] = {}
    for one in found:
        by_customer.setdefault(one.customer_number, []).append(one)
    return [_letter(lines, lang, today) for lines in by_customer.values()]


def _letter(lines: Sequence[queries.LetterLine], lang: str, today: date) -> dict[str, Any]:
    first = lines[0]
    theirs = first.language if first.language in words.LANGUAGES else "es"
    less = sum(one.share < one.before for one in lines)
    return {
        "number": first.customer_number, "customer": first.customer, "language": theirs, "less": less,
        "answer_by": format_date(first.answer_by, lang, today=today) if first.answer_by else "",
        "told_at": first.told_at, "answered_at": first.answered_at, "notice": first.notice_id,
        "asks": any(one.choices for one in lines),
        "hello": words.say("letter_hello", {"customer": first.customer}, theirs),
        "why": words.say("letter_why", {}, theirs),
        "ask": words.say("letter_ask", {}, theirs) if any(one.choices for one in lines) else "",
        "lines": [_letter_line(one, theirs, lang) for one in lines],
    }  # fmt: skip


def _letter_line(one: queries.LetterLine, theirs: str, lang: str) -> dict[str, Any]:
    text = sentence_of(
        order=one.po_number or one.order, item=one.item, share=one.share, open_quantity=one.open, lang=theirs
    )
    return {
        "one": one,
        "text": text,
        "choices": [words.say(f"choice_{choice}", {}, theirs) for choice in one.choices],
        "options": [(choice, words.say(f"choice_{choice}", {}, lang)) for choice in one.choices],
        "answer": words.say(f"choice_{one.answer}", {}, lang) if one.answer else "",
    }
