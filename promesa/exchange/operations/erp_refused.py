"""Rows of the systems beside us that were not taken: kept, shown to a person once for each cause, and tried again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

from promesa.core import bulk, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound
from promesa.core.verbs import verb
from promesa.exchange.loading.headings import BY_NAME
from promesa.exchange.models import ErpRefused, ErpSystem
from promesa.exchange.rules.erp import KEYS
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft

Row = Mapping[str, Any]
# What a system gives again itself, or what would be stale by the next reading.
NEVER_TRIED = frozenset({"stock", "deliveries"})


class Cause(NamedTuple):
    """What a person has to mend once, for however many rows."""

    role: str
    code: str
    field: str

    def key(self, system: str) -> str:
        return f"erp-refused:{system}:{self.role}:{self.code}:{self.field}"[:120]


class ErpNoRefusals(NotFound):
    """Nothing of that system was refused."""


def key_of(row: Row, *, role: str) -> str:
    """What makes a row the same when it comes again; nothing if it has none of it."""
    names = KEYS.get(role) or (BY_NAME[role].needed if role in BY_NAME else ())
    parts = [str(row.get(name) or (row.get("gtin") if name == "sku" else "") or "") for name in names]
    return " ".join(parts).strip()[:200]


def keep_refused(
    *,
    system: ErpSystem,
    role: str,
    rows: Sequence[Row],
    faults: Iterable[Row],
    source: str = "",
    whole: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """Note which rows of a page were refused (`faults` count rows from 1, or bring their `values`), and forget those that were
    taken now. Of a page that is the `whole` of its role, what is not refused now is over.

    Part of the transaction that writes the page.
    """
    refused: dict[str, Row] = {}
    for fault in faults:
        n = fault.get("row")
        row = fault["values"] if "values" in fault else rows[n - 1] if isinstance(n, int) else {}
        key = key_of(row, role=role) or f"{source} {n or ''}".strip()
        refused.setdefault(key, fault)
    named: dict[str, list[Row]] = {}
    for row in rows:
        named.setdefault(key_of(row, role=role), []).append(row)
    kept = ErpRefused.objects.filter(system=system, role=role)
    before = {one.key: one for one in kept}
    gone = [
        key
        for key in before
        if key not in refused and (whole or key in named or (source and f"{key} ".startswith(f"{source} ")))
    ]
    if not gone and not refused:
        return
    kept.filter(key__in=gone).delete()
    for key, fault in refused.items():
        said = {name: fault.get(name) for name in ("field", "received", "code", "sentence")}
        again = [] if role in NEVER_TRIED else json.loads(bulk.as_json(named.get(key, [])))
        changes = {"fault": said, "rows": again}
        ErpRefused.objects.update_or_create(
            system=system, role=role, key=key, defaults=changes, create_defaults={**changes, "refused_at": at}
        )
    _call(system, role, list(before.values()), by, at)


@verb
def forget_refused(*, code: str, role: str = "", by: Actor, at: datetime) -> int:
    """Give up rows that were refused (of one role, or all), because they were mended otherwise; returns how many.

    :raises ErpNoRefusals: if there are none.
    """
    system = ErpSystem.objects.select_for_update().filter(code=code).first()
    kept = [one for one in ErpRefused.objects.filter(system=system) if role in ("", one.role)]
    if system is None or not kept:
        raise ErpNoRefusals(code, system=code)
    close_items(keys=[cause.key(code) for cause in {_cause(one) for one in kept}], by=by, at=at)
    ErpRefused.objects.filter(pk__in=[one.pk for one in kept]).delete()
    return len(kept)


def to_try_again(*, system: ErpSystem, but: Iterable[tuple[str, str]]) -> list[tuple[str, list[Row]]]:
    """The rows that were refused before, by role, without those that were refused just now: what they lacked may have come."""
    now = set(but)
    found: dict[str, list[Row]] = {}
    for one in ErpRefused.objects.filter(system=system).order_by("id"):
        if one.rows and (one.role, one.key) not in now:
            found.setdefault(one.role, []).extend(one.rows)
    order = list(BY_NAME)
    return sorted(found.items(), key=lambda item: order.index(item[0]))


def _only_lacks(one: ErpRefused, others: Set[str]) -> bool:
    return one.fault["code"] == "reference_unknown" and one.fault["received"] in others


def _named(role: str) -> dict[str, str]:
    code = f"erp_rows_{role}"
    return words.both(code if words.known(code) else "erp_rows")


def _cause(one: ErpRefused) -> Cause:
    return Cause(one.role, str(one.fault["code"] or ""), str(one.fault["field"] or ""))


def _call(system: ErpSystem, role: str, before: Sequence[ErpRefused], by: Actor, at: datetime) -> None:
    """A person for each cause that was not there before; none any more for those of which nothing is left. What only lacks
    another row that was refused is no cause of its own: it is taken with that one."""
    others = set(ErpRefused.objects.filter(system=system).exclude(role=role).values_list("key", flat=True))
    left: dict[Cause, ErpRefused] = {}
    for one in ErpRefused.objects.filter(system=system, role=role).order_by("id"):
        if not _only_lacks(one, others):
            left.setdefault(_cause(one), one)
    known = {_cause(one) for one in before if not _only_lacks(one, others)}
    new = {cause: one for cause, one in left.items() if cause not in known}
    over = [cause.key(system.code) for cause in {_cause(one) for one in before} - left.keys()]
    close_items(keys=over, by=by, at=at)
    open_items(
        items=[
            WorkDraft(
                kind="erp_refused", subject=f"erp_system:{system.pk}", key=cause.key(system.code), role="back_office",
                code="work_erp_refused",
                params={"system": system.code, "rows": _named(cause.role), "example": one.key,
                        "problem": one.fault["sentence"]},
            )
            for cause, one in new.items()
        ],
        by=by, at=at,
    )  # fmt: skip
