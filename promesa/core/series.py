"""Legal numbers: one per kind and year, without gap."""

from __future__ import annotations

from promesa.core import bulk, locks


def next_number(*, series: str, year: int) -> int:
    """The next number of the series; its row stays locked until the transaction ends, so that no number is lost.

    Call it last in a verb: whoever holds it makes all others wait.
    """
    locks.note("series", [year])
    found = bulk.row(
        """INSERT INTO core_numberseries (series, year, last_number) VALUES (%s, %s, 1)
           ON CONFLICT (series, year) DO UPDATE SET last_number = core_numberseries.last_number + 1
           RETURNING last_number""",
        [series, year],
    )
    assert found is not None
    return int(found[0])
