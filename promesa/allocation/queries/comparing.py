"""Two runs side by side, and beside what customers have today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from promesa.allocation.rules.figures import Figures, Served, figures
from promesa.core import bulk
from promesa.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class RunHead:
    """Which run: `R-2026-000001/2`, of scenario B."""

    id: int
    label: str
    letter: str
    rule: str
    state: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A customer or segment: figures today, in the first run, and in the second if there is one."""

    key: str
    name: str
    today: Figures
    first: Figures
    second: Figures | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes for whom. `today` is what the lines of the first run had when it was made."""

    first: RunHead
    second: RunHead | None
    today: Figures
    first_figures: Figures
    second_figures: Figures | None
    customers: tuple[GroupRow, ...]
    segments: tuple[GroupRow, ...]


# Of each order: what it asks and gets. A line is on time when all it gets is there by the day asked for; stock is there.
# With `today` the question is what the lines had: then nothing is late that was not, since no lots are told of it.
_SERVED = """
WITH line AS (
    SELECT o.customer_id, r.segment, o.id AS order_id, r.open_quantity AS asked,
        CASE WHEN %(today)s THEN r.before_quantity ELSE r.share_quantity END AS got, r.before_quantity AS had, r.unit_price,
        CASE WHEN %(today)s THEN 0 ELSE r.penalty_amount END AS penalty,
        %(today)s OR r.ready_on IS NULL OR r.ready_on <= coalesce((r.asked->>'requested_on')::date, r.ready_on) AS on_time
    FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
    WHERE r.run_id = %(run)s
)
SELECT customer_id, min(segment), order_id, sum(asked), sum(got), sum(got * unit_price), sum((asked - got) * unit_price),
    bool_and(got >= asked), bool_and(on_time), count(*), count(*) FILTER (WHERE got >= asked), count(*) FILTER (WHERE got < had),
    coalesce(sum(had - got) FILTER (WHERE got < had), 0), coalesce(sum((had - got) * unit_price) FILTER (WHERE got < had), 0),
    sum(penalty), sum(abs(got - had)), count(*) FILTER (WHERE got <> had)
FROM line GROUP BY customer_id, order_id ORDER BY customer_id, order_id
"""


def compare(*, first: int, second: int | None = None) -> Comparison:
    """Figures of one run beside today, or of two beside each other; by customer (who loses most first) and by segment.

    :raises NotFound: if a run is not there.
    """
    heads = [run_head(run_id=first), None if second is None else run_head(run_id=second)]
    today, one = _served(first, today=True), _served(first)
    two = None if second is None else _served(second)
    names = _names({row.customer for row in (*today, *(two or ()))})
    assert heads[0] is not None
    return Comparison(
        heads[0], heads[1], figures(today), figures(one), None if two is None else figures(two),
        tuple(
            sorted(
                _groups(today, one, two, lambda row: str(row.customer), lambda key: names.get(int(key), (key, key))),
                key=lambda row: (-(row.second or row.first).missing_money, row.key),
            )
        ),
        tuple(_groups(today, one, two, lambda row: row.segment, lambda key: (key, key))),
    )  # fmt: skip


def run_head(*, run_id: int) -> RunHead:
    """Which run it is.

    :raises NotFound: if it is not there.
    """
    found = bulk.row(
        """SELECT r.id, p.number || '/' || r.number, s.letter, r.rule, r.state FROM allocation_run r
           JOIN allocation_plan p ON p.id = r.plan_id JOIN allocation_scenario s ON s.id = r.scenario_id WHERE r.id = %s""",
        [run_id],
    )
    if found is None:
        raise NotFound(what=str(run_id))
    return RunHead(*found)


def run_id(*, label: str) -> int:
    """The id of a run by its label `R-2026-000001/2`; of a plan's last run by the plan's number alone.

    :raises NotFound: if there is none.
    """
    plan, _, number = label.partition("/")
    found = bulk.row(
        """SELECT r.id FROM allocation_run r JOIN allocation_plan p ON p.id = r.plan_id
           WHERE p.number = %s AND (%s = '' OR r.number::text = %s) ORDER BY r.number DESC LIMIT 1""",
        [plan, number, number],
    )
    if found is None:
        raise NotFound(label, what=label)
    return int(found[0])


def _served(run: int, *, today: bool = False) -> list[Served]:
    return [*map(Served._make, bulk.rows(_SERVED, {"run": run, "today": today}))]


def _groups(
    today: Sequence[Served],
    first: Sequence[Served],
    second: Sequence[Served] | None,
    key: Callable[[Served], str],
    said: Callable[[str], tuple[str, str]],
) -> list[GroupRow]:
    split = [_split(rows, key) for rows in (today, first, second or ())]
    found = []
    for one in sorted({name for rows in split for name in rows}):
        number, name = said(one)
        mine = [figures(rows.get(one, [])) for rows in split]
        found.append(GroupRow(number, name, mine[0], mine[1], mine[2] if second is not None else None))
    return found


def _split(rows: Sequence[Served], key: Callable[[Served], str]) -> dict[str, list[Served]]:
    found: dict[str, list[Served]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _names(customers: set[int]) -> dict[int, tuple[str, str]]:
    return {
        id_: (number, name)
        for id_, number, name in bulk.rows(
            "SELECT id, number, name FROM customers_customer WHERE id = ANY(%s::bigint[])", [sorted(customers)]
        )
    }


_LINES = """
SELECT r.line_id, o.number, l.line_number, c.number, c.name, i.sku, i.name, r.segment, r.tier, r.strategy, r.frozen,
    r.open_quantity, r.before_quantity, r.share_quantity, r.penalty_amount, r.part
FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
JOIN customers_customer c ON c.id = o.customer_id JOIN catalog_item i ON i.id = l.item_id
WHERE r.run_id = %(run)s AND r.line_id > %(after)s AND (NOT %(changed)s OR r.share_quantity <> r.before_quantity)
  AND (%(customer)s = '' OR c.number = %(customer)s) AND (%(item)s = '' OR i.sku = %(item)s)
ORDER BY r.line_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class SharedLine:
    """A line of a run as it is listed."""

    line_id: int
    order: str
    line_number: int
    customer: str
    customer_name: str
    item: str
    item_name: str
    segment: str
    tier: int
    strategy: str
    frozen: bool
    open_quantity: Decimal
    before_quantity: Decimal
    share_quantity: Decimal
    penalty_amount: Decimal
    part: int


def lines_of_run(
    *, run: int, after: int = 0, limit: int = 50, changed: bool = False, customer: str = "", item: str = ""
) -> list[SharedLine]:
    """What each line gets, by line, one more than `limit` if there are more; `changed`: only who gets more or less."""
    params = {"run": run, "after": after, "limit": limit + 1, "changed": changed, "customer": customer, "item": item}
    return [bulk.made(SharedLine, *row) for row in bulk.rows(_LINES, params)]
