"""What the headings of master files mean, in Spanish and English, and which master a file holds."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from promesa.exchange.formats.headings import meaning as meaning_in_orders
from promesa.exchange.formats.headings import plain

_NUMBERS = frozenset({
    "payment_days", "credit_limit", "early_days", "late_days", "under_percent", "over_percent", "price_tolerance_percent",
    "tier", "transit_days", "lead_days", "minimum_life_days", "minimum_quantity", "weight_kg", "units_per_case",
    "units_per_layer", "units_per_pallet", "unit_price", "basis_quantity", "numerator", "denominator", "rate", "quantity",
})  # fmt: skip
_DAYS = frozenset({"active_to", "valid_from", "valid_to", "expires_on", "expected_on", "day"})


@dataclass(frozen=True)
class Role:
    """A kind of master file: the headings of its fields, those it must have, and the names such files go by."""

    name: str
    words: Mapping[str, str]
    needed: tuple[str, ...]
    files: tuple[str, ...]
    either: tuple[str, ...] = ()
    meanings: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for name, words in self.words.items():
            for word in (*words.split(","), name):
                self.meanings.setdefault(plain(word), name)

    def meaning(self, heading: str) -> str | None:
        """The field of this role that a heading names."""
        return self.meanings.get(plain(heading))

    @property
    def numbers(self) -> frozenset[str]:
        return _NUMBERS & self.words.keys()

    @property
    def days(self) -> frozenset[str]:
        return _DAYS & self.words.keys()


def _read() -> dict[str, Role]:
    said = tomllib.loads(resources.files(__package__).joinpath("headings.toml").read_text(encoding="utf-8"))
    return {
        name: Role(name, one["headings"], tuple(one["needed"]), tuple(one["files"]), tuple(one.get("either", ())))
        for name, one in said.items()
    }


BY_NAME: dict[str, Role] = _read()
STOCK = BY_NAME["stock"]
BARE_CODES = frozenset({"customer", "buyer_code", "gtin", "sku"})
# In the order in which they are loaded: what others refer to comes first.
ROLES: tuple[Role, ...] = tuple(role for role in BY_NAME.values() if role is not STOCK)


@lru_cache(maxsize=4096)
def known_to(heading: str) -> str | None:
    """Any role's field that a heading names: enough to find the row of headings before the role is known."""
    text = plain(heading)
    return next((role.meanings[text] for role in ROLES if text in role.meanings), None)


def role_of(headings: list[str], filename: str) -> Role | None:
    """The master that a file holds: what its name says, else the role to which its headings fit best, if one does; when
    they fit none, what its name says, which then tells the column that it lacks.

    None for a file of orders: customer, item and price stand in it too, but nobody has agreed on them.
    """
    if any(meaning_in_orders(heading) == "po_number" for heading in headings):
        return None
    named = plain(filename.rsplit(".", 1)[0]).replace(" ", "_")
    fitting = [role for role in ROLES if _fits(role, headings)]
    for role in fitting:
        if any(named.startswith(word) for word in role.files):
            return role
    # A catalogue replaces all that its customer said before: codes alone are no reason to take a file for one.
    fitting = [role for role in fitting if role.name != "customer_catalogue" or _fields(role, headings) - BARE_CODES]
    if not fitting:
        return next((role for role in ROLES if any(named.startswith(word) for word in role.files)), None)
    scored = sorted(((_score(role, headings), role) for role in fitting), key=lambda one: one[0], reverse=True)
    if len(scored) > 1 and scored[0][0] == scored[1][0]:
        return None
    return scored[0][1]


def _fields(role: Role, headings: list[str]) -> set[str]:
    return {found for heading in headings if (found := role.meaning(heading)) is not None}


def _fits(role: Role, headings: list[str]) -> bool:
    have = _fields(role, headings)
    return have >= set(role.needed) and (not role.either or not have.isdisjoint(role.either))


def _score(role: Role, headings: list[str]) -> tuple[int, int]:
    """Most headings understood; among equals, the role that asks for more."""
    return len(_fields(role, headings)), len(role.needed) + bool(role.either)


def meanings_of(role: Role | None) -> Callable[[str], str | None]:
    """How to read the headings of a file."""
    return role.meaning if role is not None else known_to
