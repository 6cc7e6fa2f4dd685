"""Where people are signed in."""

from __future__ import annotations

from datetime import datetime

from promesa.access.models import OpenSession
from promesa.core import bulk
from promesa.core.verbs import verb


@verb
def record_session(*, user_id: int, session_key: str, address: str, agent: str, at: datetime) -> None:
    """Note where a person signed in; forget what is over."""
    bulk.run(
        """DELETE FROM access_opensession o WHERE o.user_id = %s AND NOT EXISTS (
               SELECT 1 FROM django_session s WHERE s.session_key = o.session_key AND s.expire_date > %s)""",
        [user_id, at],
    )
    OpenSession.objects.create(
        user_id=user_id, session_key=session_key, address=address, agent=agent[:200], signed_in_at=at
    )


@verb
def end_sessions(*, user_id: int, session_id: int | None = None, but: str = "") -> int:
    """Sign a person out of one place, or of all but the one named; say of how many."""
    return end_now(user_id=user_id, session_id=session_id, but=but)


def end_now(*, user_id: int, session_id: int | None = None, but: str = "") -> int:
    """Forget the sessions, part of a verb."""
    return bulk.run(
        """WITH gone AS (
               DELETE FROM access_opensession
               WHERE user_id = %(user)s AND (%(one)s::bigint IS NULL OR id = %(one)s) AND session_key <> %(but)s
               RETURNING session_key)
           DELETE FROM django_session s USING gone WHERE s.session_key = gone.session_key""",
        {"user": user_id, "one": session_id, "but": but},
    )
