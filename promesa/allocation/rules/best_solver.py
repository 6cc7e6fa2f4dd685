"""One integer programme given to HiGHS, and its answer taken back as whole numbers.

HiGHS reckons in floats. What it says is therefore rounded and checked again in whole numbers by its callers; rows and goals
are divided by what all their terms have in common, so that the floats stay small.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np

SEED = 7
GIVE_UP_NODES = 50_000_000
FAR = 4 * 10**15  # beyond this floats no longer tell whole numbers apart
ROOM = 4 * 10**9  # beyond this floats lie further apart than the tolerance of HiGHS, which then may never come back


class Row(NamedTuple):
    """lower <= sum of coefficient x column <= upper; None where a side is open."""

    lower: int | None
    upper: int | None
    columns: Sequence[int]
    coefficients: Sequence[int]


class Programme(NamedTuple):
    """Maximise a goal over whole columns within bounds and rows. `start` is a solution that is known."""

    lower: Sequence[int]
    upper: Sequence[int]
    rows: Sequence[Row]
    goal: Sequence[int]
    start: Sequence[int] | None


class Answer(NamedTuple):
    """Whole values (None: nothing usable came back), and the least upper bound of the goal that was proved."""

    values: list[int] | None
    bound: int | None


@dataclass
class Clock:
    """How long the search may go on: until a moment, so many nodes a programme, or until somebody says stop."""

    seconds: float
    node_limit: int | None = None
    stop: Callable[[], bool] | None = None

    def __post_init__(self) -> None:
        self.began = time.monotonic()

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        return 0.0 if self.stop is not None and self.stop() else max(0.0, self.seconds - self.spent)

    def keep_back(self, times: float) -> None:
        """Leave so many times what has been spent for what comes after the search, but never more than half."""
        self.seconds -= min(times * self.spent, 0.5 * self.seconds)

    @property
    def over(self) -> bool:
        return self.left <= 0


def divisor(*numbers: int) -> int:
    """The greatest common divisor, 1 for nothing but zeros."""
    return math.gcd(*numbers) or 1


def new_solver(seconds: float, node_limit: int | None = None) -> highspy.Highs:
    """A quiet solver that gives the same answer each time: one thread, one seed."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    options = {
        "output_flag": False,
        "threads": 1,
        "random_seed": SEED,
        "time_limit": max(seconds, 0.01),
        "mip_rel_gap": 0.0,
        "mip_max_nodes": node_limit if node_limit is not None else GIVE_UP_NODES,
    }
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver


def matrix(programme: Programme) -> highspy.HighsLp | None:
    """The programme in HiGHS' own form; None if its numbers are too large for floats."""
    columns = len(programme.goal)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, len(programme.rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    shared = divisor(*programme.goal)
    starts: list[int] = [0]
    index: list[int] = []
    value: list[float] = []
    lower: list[float] = []
    upper: list[float] = []
    largest = max((abs(one) // shared for one in programme.goal), default=0)
    for row in programme.rows:
        common = divisor(*row.coefficients)
        # An open side stays open; a closed one is rounded inwards, which whole numbers allow.
        lower.append(-highspy.kHighsInf if row.lower is None else float(-(-row.lower // common)))
        upper.append(highspy.kHighsInf if row.upper is None else float(row.upper // common))
        index.extend(row.columns)
        scaled = [one // common for one in row.coefficients]
        largest = max(largest, *map(abs, scaled), 0)
        value.extend(scaled)
        starts.append(len(index))
    ends = [abs(one) for one in (*programme.lower, *programme.upper, *lower, *upper) if math.isfinite(one)]
    if largest > FAR or max(ends, default=0) > ROOM:
        return None
    lp.col_cost_ = np.array([one // shared for one in programme.goal], dtype=float)
    lp.col_lower_ = np.array(programme.lower, dtype=float)
    lp.col_upper_ = np.array(programme.upper, dtype=float)
    lp.row_lower_ = np.array(lower, dtype=float)
    lp.row_upper_ = np.array(upper, dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(index, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(value, dtype=float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    return lp


def solve(programme: Programme, *, clock: Clock) -> Answer:
    """The best that HiGHS finds while the clock runs, rounded to whole numbers but not yet checked."""
    lp = matrix(programme)
    if lp is None or clock.over:
        return Answer(None, None)
    solver = new_solver(clock.left, clock.node_limit)
    if solver.passModel(lp) == highspy.HighsStatus.kError:
        return Answer(None, None)
    if programme.start is not None:
        known = highspy.HighsSolution()
        known.col_value = [float(one) for one in programme.start]
        solver.setSolution(known)
    solver.run()
    info = solver.getInfo()
    bound = _bound(info.mip_dual_bound, divisor(*programme.goal))
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Answer(None, bound)
    return Answer([round(one) for one in solver.getSolution().col_value], bound)


def _bound(proved: float, shared: int) -> int | None:
    """A proved bound as a whole multiple of what the goal's terms have in common."""
    if not math.isfinite(proved) or abs(proved) > FAR:
        return None
    return math.floor(proved + 1e-6 * max(1.0, abs(proved) / 1e6)) * shared
