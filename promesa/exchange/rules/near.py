"""What a code that nobody knows may mean: proposals with their reasons, for a person to decide. Nothing is applied.

Evidence adds up to at most 100: how near the code is to one that we know, how near the text, what the customer buys and at
which price. Masters that are closed are never proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from promesa.core import identifiers, words

LEAST = 35  # below it a proposal is noise
TEXT_FROM = 70.0  # the likeness of texts (0 to 100) from which they say something
LONG_ENOUGH = 6  # in shorter codes one sign is too much of the whole
SAME_PRICE = Decimal("0.02")


class Bought(NamedTuple):
    """What the customer did with an item in the last year: orders, and the last net price of one base unit."""

    times: int
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Known:
    """An active item (or customer) by the name that we call it, with every other code that stands for it."""

    key: str
    name: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """A code that nobody knows, with what else its lines say."""

    code: str
    text: str = ""
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """One proposal: the item or customer, how much speaks for it (35 to 100) and why."""

    key: str
    name: str
    weight: int
    reasons: tuple[words.Sentence, ...]

    def why(self, lang: str = "es") -> str:
        """The reasons in one sentence."""
        said = ", ".join(words.say(one.code, one.params, lang) for one in self.reasons)
        return said[:1].upper() + said[1:] + "."


class Masters:
    """Active masters of one kind, laid out once for many questions."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.known = list(known)

    @cached_property
    def _codes(self) -> list[tuple[str, str, int]]:
        """Every code: bare, as it is written, and whose it is."""
        return [(bare(code), code, place) for place, one in enumerate(self.known) for code in (one.key, *one.codes)]

    @cached_property
    def _bare(self) -> list[str]:
        return [one[0] for one in self._codes]

    @cached_property
    def _names(self) -> list[str]:
        return [_plain(one.name) for one in self.known]

    def near(self, sought: Sought, *, bought: Mapping[str, Bought] | None = None, most: int = 3) -> list[Near]:
        """The likeliest for a code, the best first; `bought` is by SKU. Empty when nothing speaks for any."""
        found: dict[int, list[tuple[int, words.Sentence]]] = {}
        for place, weight, reason in (*self._by_code(sought.code), *self._by_text(sought.text)):
            found.setdefault(place, []).append((weight, reason))
        proposals = []
        for place, evidence in found.items():
            one = self.known[place]
            evidence = [*_strongest(evidence), *_history((bought or {}).get(one.key), sought.price)]
            weight = min(100, sum(each for each, _ in evidence))
            if weight >= LEAST:
                proposals.append(Near(one.key, one.name, weight, tuple(reason for _, reason in evidence)))
        return sorted(proposals, key=lambda one: (-one.weight, one.key))[:most]

    def _by_code(self, code: str) -> list[tuple[int, int, words.Sentence]]:
        wanted, found = bare(code), []
        if not wanted:
            return []
        if len(wanted) >= LONG_ENOUGH:
            rows = process.extract(wanted, self._bare, scorer=OSA.distance, score_cutoff=2, limit=20)
            for _, distance, row in rows:
                _, written, place = self._codes[row]
                if distance == 0:
                    found.append((place, 70, _said("near_written_alike", known=written)))
                elif distance == 1:
                    found.append((place, 45, _said("near_one_sign", known=written)))
                elif len(wanted) >= LONG_ENOUGH + 2:
                    found.append((place, 25, _said("near_two_signs", known=written)))
        else:
            found += [
                (place, 70, _said("near_written_alike", known=as_is))
                for one, as_is, place in self._codes
                if one == wanted
            ]
        core = _product(code)
        if core:
            for _, written, place in self._codes:
                if _product(written) == core and bare(written) != wanted:
                    found.append((place, 60, _said("near_other_pack", known=written)))
        return found

    def _by_text(self, text: str) -> list[tuple[int, int, words.Sentence]]:
        wanted = _plain(text)
        if len(wanted) < 4:
            return []
        rows = process.extract(wanted, self._names, scorer=fuzz.token_sort_ratio, score_cutoff=TEXT_FROM, limit=20)
        return [
            (place, 45, _said("near_same_text"))
            if likeness >= 99.5
            else (place, int(likeness - 55), _said("near_like_text", likeness=int(likeness)))
            for _, likeness, place in rows
        ]


def bare(code: str) -> str:
    """A code without signs, capitals and leading zeros."""
    return "".join(sign for sign in code.casefold() if sign.isalnum()).lstrip("0")


def _product(code: str) -> str:
    """The twelve digits of a GTIN that name the product whatever its pack; empty for what is none."""
    return code.zfill(14)[1:13] if identifiers.is_gtin(code) else ""


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


def _strongest(evidence: Sequence[tuple[int, words.Sentence]]) -> list[tuple[int, words.Sentence]]:
    """The best of what the codes say and the best of what the text says: two spellings of one code are no two proofs."""
    texts = [one for one in evidence if one[1].code.endswith("_text")]
    codes = [one for one in evidence if one not in texts]
    return [max(group, key=lambda one: one[0]) for group in (codes, texts) if group]


def _history(bought: Bought | None, price: Decimal | None) -> list[tuple[int, words.Sentence]]:
    if bought is None or bought.times < 1:
        return []
    one = _said("near_bought_once") if bought.times == 1 else _said("near_bought", times=bought.times)
    said = [(15, one)]
    if price and bought.price and abs(bought.price - price) <= SAME_PRICE * price:
        said.append((15, _said("near_same_price", price=price)))
    return said


def _said(code: str, **params: object) -> words.Sentence:
    return words.Sentence(code, params)
