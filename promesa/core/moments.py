"""When something happened: every door that is told so takes only what has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from promesa.core import words
from promesa.core.errors import Refused

LEEWAY = timedelta(minutes=5)  # clocks differ: that of whoever tells may go a little ahead of ours


class MomentAhead(Refused):
    """What has not happened yet cannot be recorded."""

    status = 422


def happened(said: datetime | None, now: datetime) -> datetime:
    """When it happened: now, unless somebody says when.

    :raises MomentAhead: if that is still to come.
    """
    if said is not None and said > now + LEEWAY:
        raise MomentAhead(moment_at=said)
    return said or now


words.register(
    {
        "moment_ahead": (
            "{moment_at} aún no ha llegado: registre solo lo que ya ocurrió.",
            "{moment_at} has not come yet: record only what has happened.",
        )
    }
)
