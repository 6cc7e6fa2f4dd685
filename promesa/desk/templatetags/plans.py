"""`{% load plans %}`: the fields of a scenario's editor, each with its label, its hint and its fault."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy, pgettext_lazy

register = template.Library()

LABELS: dict[str, tuple[str | Promise, str | Promise]] = {
    "name": (gettext_lazy("Name of the scenario"), ""),
    "items": (gettext_lazy("Items (SKU)"), gettext_lazy("One a line.")),
    "horizon_to": (gettext_lazy("Share what comes before"), ""),
    "valid_from": (gettext_lazy("In force from"), ""),
    "valid_to": (gettext_lazy("In force until before"), ""),
    "frozen_days": (
        gettext_lazy("Days that are not touched"), gettext_lazy("What leaves within so many days keeps what it has."),
    ),
    "rule": (gettext_lazy("Division rule inside a tier"), ""),
    "base": (gettext_lazy("In proportion to"), gettext_lazy("Against orders that are inflated, what they used to buy.")),
    "strategy": (gettext_lazy("Everybody, if not said otherwise"), ""),
    "history_weeks": (gettext_lazy("Weeks of history"), ""),
    "late_days": (gettext_lazy("Days late"), gettext_lazy("Empty: any day.")),
    "time_limit_s": (gettext_lazy("Seconds"), gettext_lazy("for the optimiser")),
    "objective": (gettext_lazy("Objectives of the optimiser"), gettext_lazy("In their order, with commas.")),
    "quotas": (gettext_lazy("Quotas as base"), gettext_lazy("Customer, item, quantity; one a line.")),
    "stocks": (gettext_lazy("Customers' stock"), gettext_lazy("Customer, item, stock, use a day; one a line.")),
    "retain": (gettext_lazy("Kept back"), gettext_lazy("Item, quantity; one a line.")),
}  # fmt: skip
WORDS: dict[str, str | Promise] = {
    "trait": gettext_lazy("Whom"), "value": gettext_lazy("Which"), "item": gettext_lazy("Item"),
    "quantity": gettext_lazy("Quantity"), "rank": gettext_lazy("Rank"), "decay": gettext_lazy("Over time"),
    "reason": gettext_lazy("Reason"), "strategy": gettext_lazy("Treatment"), "tier": gettext_lazy("Tier"),
    "weight": gettext_lazy("Weight"), "valid_from": gettext_lazy("From"), "valid_to": gettext_lazy("Until before"),
    "percent": pgettext_lazy("penalty", "Per cent of the value"),
}  # fmt: skip
TITLES: dict[str, tuple[str | Promise, str | Promise]] = {
    "treatments": (gettext_lazy("Other groups"), gettext_lazy("Before the segments; the first that fits counts.")),
    "floors": (gettext_lazy("Guaranteed minimums"), gettext_lazy("At least so much, or all they ask if that is less.")),
    "ceilings": (
        gettext_lazy("Quotas: at most"),
        gettext_lazy("Nobody of the group together gets more in the period."),
    ),
    "exceptions": (gettext_lazy("Exceptions"), gettext_lazy("They go before all else, and each needs its reason.")),
    "penalties": (gettext_lazy("Penalties"), gettext_lazy("What a promise that falls costs, for the comparison.")),
}
AREAS = frozenset({"items", "quotas", "stocks", "retain"})
DAYS = frozenset({"horizon_to", "valid_from", "valid_to"})
COUNTS = frozenset({"tier", "rank", "frozen_days", "late_days", "history_weeks", "time_limit_s"})
AMOUNTS = frozenset({"quantity", "weight", "percent"})


@register.simple_tag
def scenario_word(cell: str) -> str:
    """The head of a column."""
    return str(WORDS[cell])


@register.simple_tag
def scenario_title(table: str) -> str:
    return str(TITLES[table][0])


@register.simple_tag
def scenario_hint(table: str) -> str:
    return str(TITLES[table][1])


@register.simple_tag(takes_context=True)
def scenario_field(context: dict[str, Any], name: str, css: str = "") -> SafeString:
    """`{% scenario_field "rule" css="c4" %}`: label, control, hint and fault of one field of the head."""
    label, hint = LABELS[name]
    value, fault = context["said"].head.get(name, ""), context["by_field"].get(name, "")
    control = _control(context, name, name, value, fault, hinted=bool(hint))
    said = format_html('<p class="hint" id="{}-hint">{}</p>', name, hint) if hint else ""
    told = format_html('<p class="error" id="{}-error">{}</p>', name, fault) if fault else ""
    return format_html(
        '<div class="field {}"><label for="{}">{}</label>{}{}{}</div>', css, name, label, control, said, told
    )


@register.simple_tag(takes_context=True)
def scenario_cell(context: dict[str, Any], table: str, at: int | str, cell: str, value: str, whose: str) -> SafeString:
    """`{% scenario_cell "floors" 2 "quantity" row.quantity "" %}`: the control of one cell, named by its column and row."""
    name = f"{table}-{at}-{cell}"
    fault = context["by_field"].get(name, "")
    label = f"{WORDS[cell]}, {whose or (int(at) + 1 if isinstance(at, int) else at)}"
    control = _control(context, name, cell, value, fault, label=label)
    told = format_html('<span class="error" id="{}-error">{}</span>', name, fault) if fault else ""
    return format_html("{}{}", control, told)


def _control(
    context: dict[str, Any], name: str, kind: str, value: str, fault: str, *, label: str = "", hinted: bool = False
) -> SafeString:
    described = " ".join(part for part in (f"{name}-hint" if hinted else "", f"{name}-error" if fault else "") if part)
    marks = format_html(
        ' id="{}" name="{}"{}{}{}{}', name, name, format_html(' aria-label="{}"', label) if label else "",
        mark_safe(' aria-invalid="true"') if fault else "", format_html(' aria-describedby="{}"', described) if described else "",
        mark_safe(" autofocus") if context.get("focus") == name else "",
    )  # fmt: skip
    known = context["choices"].get(kind)
    if known is not None:
        empty = [] if name in ("rule", "base", "strategy") or kind in ("trait", "decay") else [("", "—")]
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((key, mark_safe(" selected") if key == value else "", word) for key, word in (*empty, *known)),
        )  # fmt: skip
        return format_html("<select{}>{}</select>", marks, options)
    if kind in AREAS:
        return format_html('<textarea{} rows="3" spellcheck="false">{}</textarea>', marks, value)
    more = _kind_of_input(kind)
    return format_html(
        '<input class="input{}"{}{} value="{}">', " num" if kind in COUNTS | AMOUNTS else "", marks, more, value
    )


def _kind_of_input(kind: str) -> SafeString:
    plain = {
        **dict.fromkeys(DAYS, ' type="date"'), **dict.fromkeys(COUNTS, ' inputmode="numeric" maxlength="6" autocomplete="off"'),
        **dict.fromkeys(AMOUNTS, ' inputmode="decimal" maxlength="24" autocomplete="off"'),
        "value": ' list="whom" maxlength="200" autocomplete="off"', "item": ' list="skus" maxlength="60" autocomplete="off"',
        "reason": ' maxlength="200"', "name": ' maxlength="80"',
    }  # fmt: skip
    return mark_safe(plain.get(kind, ' maxlength="200" autocomplete="off"'))
