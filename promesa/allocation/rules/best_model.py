"""An integer model that is optimised goal after goal: each is fixed at the value reached before the next one speaks.

Everything here is whole numbers. For each goal the model falls apart into what does not touch each other; a part is solved by
hand where a sort is enough, and by HiGHS otherwise. An answer is taken only if it keeps every row exactly, and is
fixed at the value that its whole numbers have, so that nothing drifts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from promesa.allocation.rules.best_solver import Clock, Programme, Row, divisor, solve


class Reached(NamedTuple):
    """The value of a goal, and the bound that no solution can pass."""

    value: int
    bound: int

    @property
    def proved(self) -> bool:
        return self.value == self.bound


class Part(NamedTuple):
    """Columns that touch each other through rows."""

    columns: list[int]
    rows: list[Row]


@dataclass
class Model:
    """Columns with bounds and the value they have now, and rows. The values keep the rows at any moment."""

    lower: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    troubles: int = 0

    def column(self, upper: int, value: int = 0, lower: int = 0) -> int:
        """A new whole column; its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.values.append(value)
        return len(self.values) - 1

    def row(self, terms: Mapping[int, int], *, lower: int | None = None, upper: int | None = None) -> None:
        """A new row that must hold from now on."""
        kept = sorted((column, coefficient) for column, coefficient in terms.items() if coefficient)
        if len(kept) == 1 and kept[0][1] > 0:
            ((n, c),) = kept
            self.upper[n] = self.upper[n] if upper is None else min(self.upper[n], upper // c)
            self.lower[n] = self.lower[n] if lower is None else max(self.lower[n], -(-lower // c))
        elif kept:
            self.rows.append(Row(lower, upper, [column for column, _ in kept], [one for _, one in kept]))

    def holds(self, values: Sequence[int] | None = None) -> bool:
        """Whether values keep every bound and row, in exact arithmetic."""
        mine = self.values if values is None else values
        inside = all(low <= one <= high for low, one, high in zip(self.lower, mine, self.upper, strict=True))
        return inside and all(kept(row, mine) for row in self.rows)

    def maximise(self, goal: Mapping[int, int], *, clock: Clock) -> Reached:
        """Bring the goal as high as it goes, and hold it there; when time is up it stays where it is."""
        if clock.over:
            return Reached(self._worth(goal), self._limit(goal))
        fixed = sum(c * self.values[n] for n, c in goal.items() if self.lower[n] == self.upper[n])
        value = bound = fixed
        for part in self._parts(goal):
            wanted = {n: goal[n] for n in part.columns if goal.get(n)}
            if not wanted:
                continue
            reached = self._improve(part, wanted, clock)
            value += reached.value
            bound += reached.bound
        return Reached(value, bound)

    def minimise(self, goal: Mapping[int, int], *, clock: Clock) -> Reached:
        """Bring the goal as low as it goes, and hold it there; the bound is from below."""
        reached = self.maximise({n: -c for n, c in goal.items()}, clock=clock)
        return Reached(-reached.value, -reached.bound)

    def _improve(self, part: Part, goal: dict[int, int], clock: Clock) -> Reached:
        limit = self._limit(goal)
        if self._worth(goal) == limit or not part.rows:
            self._pin(goal)
            return Reached(limit, limit)
        if _is_one_heap(part):
            self._fill(part, goal)
            return Reached(self._worth(goal), self._worth(goal))
        bound = self._search(part, goal, clock)
        value = self._worth(goal)
        self.row(goal, lower=value)
        return Reached(value, max(value, limit if bound is None else min(bound, limit)))

    def _worth(self, goal: Mapping[int, int]) -> int:
        return sum(c * self.values[n] for n, c in goal.items())

    def _limit(self, goal: Mapping[int, int]) -> int:
        """What the goal would be if each of its columns were at its better end."""
        return sum(c * (self.upper[n] if c > 0 else self.lower[n]) for n, c in goal.items())

    def _pin(self, goal: Mapping[int, int]) -> None:
        """Each column of the goal stays at its best end."""
        for n, c in goal.items():
            self.values[n] = self.lower[n] = self.upper[n] = self.upper[n] if c > 0 else self.lower[n]

    def _search(self, part: Part, goal: Mapping[int, int], clock: Clock) -> int | None:
        """Let HiGHS look; take what is better and keeps the rows. The bound that was proved, if any."""
        place = {n: at for at, n in enumerate(part.columns)}
        rows = [Row(row.lower, row.upper, [place[n] for n in row.columns], row.coefficients) for row in part.rows]
        lower, upper = [self.lower[n] for n in part.columns], [self.upper[n] for n in part.columns]
        start = [self.values[n] for n in part.columns]
        wanted = [goal.get(n, 0) for n in part.columns]
        answer = solve(Programme(lower, upper, rows, wanted, start), clock=clock)
        found = answer.values
        if found is None:
            self.troubles += not clock.over
            return answer.bound
        inside = all(low <= one <= high for low, one, high in zip(lower, found, upper, strict=True))
        if not inside or not all(kept(row, found) for row in rows):
            self.troubles += 1
            return answer.bound
        if sum(c * (a - b) for c, a, b in zip(wanted, found, start, strict=True)) > 0:
            for n, value in zip(part.columns, found, strict=True):
                self.values[n] = value
        return answer.bound

    def _fill(self, part: Part, goal: Mapping[int, int]) -> None:
        """One heap shared by equal pieces: the best columns take first; what is decided is pinned, ties stay open."""
        (row,) = part.rows
        size = row.coefficients[0]
        heap = (row.upper or 0) // size - sum(self.lower[n] for n in part.columns)
        exact = row.lower is not None
        by_worth: dict[int, list[int]] = {}
        for n in part.columns:
            by_worth.setdefault(goal.get(n, 0), []).append(n)
        for worth in sorted(by_worth, reverse=True):
            columns = by_worth[worth]
            room = sum(self.upper[n] - self.lower[n] for n in columns)
            if not exact and worth == 0 and room > heap:
                self._share_out(columns, min(heap, sum(max(0, self.values[n] - self.lower[n]) for n in columns)))
                return self._pin({n: -1 for later in by_worth if later < 0 for n in by_worth[later]})
            if not exact and worth < 0:
                self._pin(dict.fromkeys(columns, -1))
            elif room <= heap:
                if worth > 0 or exact:
                    self._pin(dict.fromkeys(columns, 1))
                    heap -= room
            elif heap == 0:
                self._pin(dict.fromkeys(columns, -1))
            else:
                self._share_out(columns, heap)
                total = heap + sum(self.lower[n] for n in columns)
                self.row(dict.fromkeys(columns, size), lower=total * size, upper=total * size)
                heap = 0
        return None

    def _share_out(self, columns: Sequence[int], heap: int) -> None:
        """Give a heap to columns, first what they have already, then from the first on."""
        had = {n: self.values[n] for n in columns}
        for n in columns:
            self.values[n] = self.lower[n] + min(heap, max(0, had[n] - self.lower[n]))
            heap -= self.values[n] - self.lower[n]
        for n in columns:
            more = min(heap, self.upper[n] - self.values[n])
            self.values[n] += more
            heap -= more

    def _parts(self, goal: Mapping[int, int]) -> list[Part]:
        """What is still open, reduced to rows that can bind, in parts that do not touch; in the order of their columns."""
        rows = _merged([row for row in (self._reduced(row) for row in self.rows) if row is not None])
        root = list(range(len(self.values)))

        def find(n: int) -> int:
            while root[n] != n:
                root[n] = root[root[n]]
                n = root[n]
            return n

        for row in rows:
            first = find(row.columns[0])
            for n in row.columns[1:]:
                other = find(n)
                if other != first:
                    low, first = min(first, other), max(first, other)
                    root[first] = low
                    first = low
        parts: dict[int, Part] = {}
        touched = {find(n) for n in goal if self.lower[n] < self.upper[n]}
        for n in range(len(self.values)):
            if self.lower[n] < self.upper[n] and (top := find(n)) in touched:
                parts.setdefault(top, Part([], [])).columns.append(n)
        for row in rows:
            if (top := find(row.columns[0])) in parts:
                parts[top].rows.append(row)
        return list(parts.values())

    def _reduced(self, row: Row) -> Row | None:
        """The row over its open columns; None if it holds whatever they do."""
        columns, coefficients, done, least, most = [], [], 0, 0, 0
        for n, c in zip(row.columns, row.coefficients, strict=True):
            low, high = self.lower[n], self.upper[n]
            if low == high:
                done += c * low
                continue
            columns.append(n)
            coefficients.append(c)
            least += c * (low if c > 0 else high)
            most += c * (high if c > 0 else low)
        lower = None if row.lower is None or least + done >= row.lower else row.lower - done
        upper = None if row.upper is None or most + done <= row.upper else row.upper - done
        if not columns or (lower is None and upper is None):
            return None
        return Row(lower, upper, columns, coefficients)


def _merged(rows: Sequence[Row]) -> list[Row]:
    """Rows that say the same of the same columns, made one."""
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], Row] = {}
    for row in rows:
        common = divisor(*row.coefficients)
        coefficients = tuple(one // common for one in row.coefficients)
        lower = None if row.lower is None else -(-row.lower // common)
        upper = None if row.upper is None else row.upper // common
        key = (tuple(row.columns), coefficients)
        if (other := found.get(key)) is not None:
            lower = max((one for one in (lower, other.lower) if one is not None), default=None)
            upper = min((one for one in (upper, other.upper) if one is not None), default=None)
        found[key] = Row(lower, upper, key[0], coefficients)
    return list(found.values())


def kept(row: Row, values: Sequence[int]) -> bool:
    """Whether values keep the row exactly."""
    total = sum(c * values[n] for n, c in zip(row.columns, row.coefficients, strict=True))
    return (row.lower is None or total >= row.lower) and (row.upper is None or total <= row.upper)


def _is_one_heap(part: Part) -> bool:
    """Whether one row joins equal pieces of one heap, all of it or at most all."""
    if len(part.rows) != 1:
        return False
    (row,) = part.rows
    alike = row.coefficients[0] > 0 and len(set(row.coefficients)) == 1
    return alike and row.upper is not None and (row.lower is None or row.lower == row.upper)
