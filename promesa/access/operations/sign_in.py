"""Signing in: a password that is checked no oftener than a person types."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password

from promesa.access.models import SignInAttempt, User
from promesa.access.operations.second_factor import use_code
from promesa.access.rules import FREE_TRIES, FREE_TRIES_OF_ADDRESS, WATCHED, wait_after
from promesa.core import bulk
from promesa.core.verbs import verb

log = logging.getLogger("promesa.access")


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a try: a user, or nobody and perhaps seconds to wait."""

    user: User | None = None
    wait_seconds: int = 0


def try_password(*, username: str, password: str, address: str, at: datetime) -> Tried:
    """Check a user name and a password.

    The answer and the time it takes are the same whether the name is unknown or the password wrong. A name, and an
    address, that failed several times waits, twice as long each time. With a second factor on, `try_code` follows.
    """
    attempt, wait = _begun(username=username, address=address, at=at)
    if wait:
        return Tried(wait_seconds=wait)
    user = User.objects.filter(username__iexact=username.strip()[:150]).first()
    if not _matches(user, password):
        log.warning("sign-in failed", extra={"username": username[:150], "address": address})
        return Tried()
    assert user is not None
    if user.totp_confirmed_at is not None:
        # Half a sign-in is neither a failure nor a success.
        SignInAttempt.objects.filter(pk=attempt).delete()
    else:
        _succeeded(attempt, user, at)
    return Tried(user=user)


def try_code(*, user: User, code: str, address: str, at: datetime) -> Tried:
    """Check the second factor of somebody whose password was right; guessing it is slowed down like passwords."""
    attempt, wait = _begun(username=user.username, address=address, at=at)
    if wait:
        return Tried(wait_seconds=wait)
    if not use_code(user_id=user.pk, code=code[:40], at=at):
        log.warning("second factor failed", extra={"username": user.username, "address": address})
        return Tried()
    _succeeded(attempt, user, at)
    return Tried(user=user)


def _matches(user: User | None, password: str) -> bool:
    """Compare; for nobody, take the same time over nothing. Passwords beyond 4,096 characters are nobody's."""
    password = password[:4096]
    if user is None or not user.is_active:
        make_password(password)
        return False
    return check_password(password, user.password, setter=None)


_COUNT = """
WITH own AS (
    SELECT max(tried_at) AS last FROM access_signinattempt
    WHERE username = %(name)s AND succeeded AND tried_at > %(since)s
), known AS (
    SELECT EXISTS (SELECT 1 FROM access_signinattempt
                   WHERE username = %(name)s AND address = %(address)s AND succeeded) AS here
), of_name AS (
    -- Failures from elsewhere do not lock a person out of a place where they signed in before.
    SELECT count(*) AS n, max(tried_at) AS last FROM access_signinattempt, known
    WHERE id <> %(id)s AND username = %(name)s AND NOT succeeded AND tried_at > %(since)s
      AND tried_at > coalesce((SELECT last FROM own), %(since)s) AND (NOT known.here OR address = %(address)s)
), of_address AS (
    SELECT count(*) AS n, max(tried_at) AS last FROM access_signinattempt
    WHERE id <> %(id)s AND address = %(address)s AND NOT succeeded AND tried_at > %(since)s
)
SELECT of_name.n, of_name.last, of_address.n, of_address.last FROM of_name, of_address
"""


def _begun(*, username: str, address: str, at: datetime) -> tuple[int, int]:
    """Write the try down as failed and commit it before it is looked at: a hundred tries at once all see each other."""
    name = username.strip().lower()[:150]
    attempt = SignInAttempt.objects.create(username=name, address=address[:45], succeeded=False, tried_at=at)
    found = bulk.row(_COUNT, {"name": name, "address": address[:45], "id": attempt.pk, "since": at - WATCHED})
    assert found is not None
    name_n, name_last, address_n, address_last = found
    until = [
        last + wait_after(n, free)
        for n, last, free in ((name_n, name_last, FREE_TRIES), (address_n, address_last, FREE_TRIES_OF_ADDRESS))
        if last is not None and wait_after(n, free)
    ]
    wait = max((math.ceil((moment - at).total_seconds()) for moment in until), default=0)
    if wait > 0:
        # It was not looked at, so it does not lengthen the wait.
        SignInAttempt.objects.filter(pk=attempt.pk).delete()
        log.warning("sign-in slowed down", extra={"username": name, "address": address, "seconds": wait})
    return attempt.pk, max(wait, 0)


@verb
def _succeeded(attempt: int, user: User, at: datetime) -> None:
    SignInAttempt.objects.filter(pk=attempt).update(succeeded=True)
    User.objects.filter(pk=user.pk).update(last_login=at)


def clean_up_attempts(*, at: datetime, keep: timedelta = timedelta(days=30)) -> int:
    """Forget old tries to sign in; called nightly."""
    return bulk.run("DELETE FROM access_signinattempt WHERE tried_at < %s", [at - keep])
