"""Which system rules which field: what is read from another system never overwrites what is ours to say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

ERP, OURS = "erp", "promesa"

# What makes a row of a role the same row as before.
KEYS: dict[str, tuple[str, ...]] = {
    "customers": ("number",), "sites": ("customer", "number"), "items": ("sku",), "packs": ("sku",), "price_lists": ("code",),
    "prices": ("sku",), "agreements": ("customer", "sku"), "item_codes": ("customer", "code"),
    "stock": ("sku", "warehouse", "lot"), "deliveries": ("reference",),
}  # fmt: skip
# What a person here says unless somebody decides otherwise: service terms are customer service's own.
DEFAULT: dict[str, dict[str, str]] = {
    "customers": {
        "segment": OURS, "tier": OURS, "language": OURS, "one_delivery": OURS, "partial_deliveries": OURS, "substitutes": OURS,
        "early_days": OURS, "late_days": OURS, "under_percent": OURS, "over_percent": OURS, "price_tolerance_percent": OURS,
    },
    "sites": {"calendar": OURS, "windows": OURS, "transit_days": OURS},
    "items": {"lead_days": OURS, "minimum_life_days": OURS, "substitute": OURS, "name_en": OURS},
}  # fmt: skip


def owner_of(owners: Mapping[str, Mapping[str, str]], role: str, field: str) -> str:
    """Who rules a field of a role: as was said for it, for all others of the role (`*`), or as is usual."""
    said = owners.get(role, {})
    return said.get(field) or said.get("*") or DEFAULT.get(role, {}).get(field) or ERP


def theirs(
    rows: Sequence[Mapping[str, Any]],
    *,
    role: str,
    owners: Mapping[str, Mapping[str, str]],
    known: Collection[tuple[str, ...]],
) -> list[dict[str, Any]]:
    """The rows as they may be written: of what is here already, only the fields that the other system rules. What is new comes
    whole."""
    keys = KEYS.get(role, ())
    kept = []
    for row in rows:
        if tuple(str(row.get(key, "")) for key in keys) in known:
            row = {name: value for name, value in row.items() if name in keys or owner_of(owners, role, name) == ERP}
        kept.append(dict(row))
    return kept
