"""Why orders failed: the waterfall from all that were due to the perfect ones, and the causes by weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from promesa.core import bulk
from promesa.results.queries.population import PERFECT, ask, judged_sql, params_of
from promesa.results.rules.facts import CUSTOMERS_OWN, Basis, Unit
from promesa.results.rules.indices import ratio


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One cause: failed orders that have it first, alone, and in part; what those orders were worth."""

    cause: str
    orders: int
    share: Decimal
    cumulative: Decimal
    points: Decimal
    sole: int
    split: Decimal
    value: Decimal

    @property
    def customers_own(self) -> bool:
        return self.cause in CUSTOMERS_OWN


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From all orders due (1) down to the perfect ones; the steps' points sum to the difference."""

    due: int
    perfect: int
    steps: tuple[CauseRow, ...]

    @property
    def perfect_share(self) -> Decimal | None:
        return ratio(self.perfect, self.due)


@dataclass(frozen=True, slots=True)
class LossRow:
    """Units and money lost at one step by one cause."""

    step: str
    cause: str
    lines: int
    quantity: Decimal
    value: Decimal


def pareto(
    *,
    as_of: datetime,
    from_: date | None = None,
    to: date | None = None,
    basis: Basis = Basis.FIRST,
    filters: Mapping[str, str] | None = None,
) -> list[CauseRow]:
    """Imperfect orders by cause, most first, in three views.

    `orders` counts each failed order under its one primary cause, and `split` divides it among its causes: both sum to
    the failed orders. `sole` counts orders that only this cause spoilt: it does not sum and is what mending it would save.
    """
    return list(cause_waterfall(as_of=as_of, from_=from_, to=to, basis=basis, filters=filters).steps)


def cause_waterfall(
    *,
    as_of: datetime,
    from_: date | None = None,
    to: date | None = None,
    basis: Basis = Basis.FIRST,
    filters: Mapping[str, str] | None = None,
) -> Waterfall:
    """The points that each primary cause took from perfect order, most first."""
    asked = ask(as_of=as_of, basis=basis, from_=from_, to=to, filters=filters)
    rows = bulk.rows(
        f"""
        WITH v AS MATERIALIZED (
            SELECT * FROM ({judged_sql(asked, columns="f.value,")}) j WHERE counted AND ripe
        ), failed AS (SELECT * FROM v WHERE NOT ({PERFECT})),
        split AS (
            SELECT why, sum(1.0 / cardinality(causes)) AS part FROM failed, unnest(causes) AS u(why) GROUP BY why
        ), first AS (
            SELECT coalesce(nullif(cause, ''), 'U') AS why, count(*) AS orders, sum(value) AS value,
                count(*) FILTER (WHERE cardinality(causes) = 1) AS sole
            FROM failed GROUP BY 1
        )
        SELECT coalesce(first.why, split.why), coalesce(orders, 0), coalesce(value, 0), coalesce(sole, 0),
            coalesce(part, 0), (SELECT count(*) FROM v), (SELECT count(*) FROM failed)
        FROM (SELECT 1) one LEFT JOIN (first FULL JOIN split ON split.why = first.why) ON true
        ORDER BY 2 DESC, 1
        """,
        params_of(asked),
    )
    due, failed = (int(rows[0][5]), int(rows[0][6])) if rows else (0, 0)
    steps: list[CauseRow] = []
    so_far = 0
    for cause, orders, value, sole, split, _, _ in rows:
        if cause is None:
            continue
        so_far += orders
        steps.append(
            CauseRow(
                cause=cause, orders=orders, share=ratio(orders, failed) or Decimal(0),
                cumulative=ratio(so_far, failed) or Decimal(0), points=ratio(orders, due) or Decimal(0), sole=sole,
                split=Decimal(split).quantize(Decimal("0.000001")), value=value,
            )
        )  # fmt: skip
    return Waterfall(due=due, perfect=due - failed, steps=tuple(steps))


def lost_quantities(
    *,
    as_of: datetime,
    from_: date | None = None,
    to: date | None = None,
    basis: Basis = Basis.FIRST,
    filters: Mapping[str, str] | None = None,
) -> list[LossRow]:
    """Where units of the lines due were lost, in the order of the steps, and by which cause.

    Quantities are base units of different items: their sum says something only beside their value.
    """
    asked = ask(as_of=as_of, basis=basis, unit=Unit.LINE, from_=from_, to=to, filters=filters)
    rows = bulk.rows(
        f"""
        SELECT s.step, s.cause, count(DISTINCT s.line_id), sum(s.quantity), sum(s.quantity * v.unit_price)
        FROM ({judged_sql(asked, columns="x.line_id, lf.unit_price,")}) v
        JOIN results_lineloss s ON s.line_id = v.line_id
        WHERE v.counted AND v.ripe
        GROUP BY s.step, s.cause
        ORDER BY array_position(ARRAY['captured', 'cancelled', 'not_promised', 'not_shipped', 'not_offered', 'damaged',
            'refused', 'short_at_door'], s.step::text), s.cause
        """,
        params_of(asked),
    )
    return [LossRow(*row) for row in rows]
