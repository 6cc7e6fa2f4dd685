"""How much waits for a person, for the counts of the rail."""

from __future__ import annotations

from promesa.core import bulk


def waiting_for(*, role: str, user_id: int) -> dict[str, int]:
    """Open work of the role or the person, and documents that wait. One statement."""
    found = bulk.row(
        """SELECT (SELECT count(*) FROM work_workitem WHERE state = 'open' AND (owner_id = %s OR (role = %s AND owner_id IS NULL))),
                  (SELECT count(*) FROM exchange_document WHERE outcome = 'waiting')""",
        [user_id, role],
    )
    work, documents = found or (0, 0)
    return {"work": work, "documents": documents}
