"""The second factor: a code by time on the person's telephone, and recovery codes for when it is lost."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

import pyotp

from promesa.access.events import PersonChanged
from promesa.access.models import RecoveryCode, User
from promesa.access.operations.people import locked
from promesa.access.queries import digest, insist
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.core.events import emit
from promesa.core.verbs import verb

RECOVERY_CODES = 10
STEP_SECONDS = 30


class CodeRefused(Refused):
    """The code of the second factor is wrong, old or was used before."""


class SecondFactorNotBegun(Refused):
    """There is no secret to confirm."""


class SecondFactorIsOn(Refused):
    """It is on already; turn it off to use another telephone."""


@verb
def begin_second_factor(*, user_id: int) -> str:
    """Make a new secret and return its address for the authenticator; it counts only once a code confirmed it.

    :raises SecondFactorIsOn: if a second factor is on already.
    """
    user = locked(user_id)
    if user.totp_confirmed_at is not None:
        raise SecondFactorIsOn
    if not user.totp_secret:
        user.totp_secret = pyotp.random_base32()
        user.save(update_fields=["totp_secret"])
    return pyotp.TOTP(user.totp_secret).provisioning_uri(name=user.username, issuer_name="Promesa")


@verb
def confirm_second_factor(*, user_id: int, code: str, by: Actor, at: datetime) -> list[str]:
    """Turn the second factor on and return the recovery codes, which are shown this once.

    :raises SecondFactorNotBegun: without a secret, or when it is on already.
    :raises CodeRefused: if the code is not the one of now.
    """
    user = locked(user_id)
    if not user.totp_secret or user.totp_confirmed_at is not None:
        raise SecondFactorNotBegun
    step = _step_of(user, code, at)
    if step is None:
        raise CodeRefused
    user.totp_confirmed_at, user.totp_last_step = at, step
    user.save(update_fields=["totp_confirmed_at", "totp_last_step"])
    user.recovery_codes.all().delete()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=digest(_plain(one))) for one in codes)
    emit(PersonChanged(user_id=user.pk, what="second_factor_on"), by=by, at=at)
    return codes


@verb
def use_code(*, user_id: int, code: str, at: datetime) -> bool:
    """Whether the code (of the app or a recovery code) lets the person in. Each serves once."""
    user = User.objects.get(pk=user_id)
    step = _step_of(user, code, at)
    if step is not None:
        # The condition makes two sign-ins with one code impossible, however close together.
        return bool(User.objects.filter(pk=user_id, totp_last_step__lt=step).update(totp_last_step=step))
    unused = RecoveryCode.objects.filter(user_id=user_id, code_hash=digest(_plain(code)), used_at=None)
    return bool(unused.update(used_at=at))


@verb
def drop_second_factor(*, user_id: int, by: Actor, at: datetime) -> None:
    """Turn the second factor off: one's own, or anybody's (a lost telephone) by who manages people."""
    if by != f"user:{user_id}":
        insist(by, "manage_people")
    user = locked(user_id)
    user.totp_secret, user.totp_confirmed_at = "", None
    user.save(update_fields=["totp_secret", "totp_confirmed_at"])
    user.recovery_codes.all().delete()
    emit(PersonChanged(user_id=user.pk, what="second_factor_off"), by=by, at=at)


def _step_of(user: User, code: str, at: datetime) -> int | None:
    """The step of thirty seconds that the code belongs to: now, the one before or after. None: wrong or used."""
    digits = code.replace(" ", "")
    if not user.totp_secret or len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    totp, now = pyotp.TOTP(user.totp_secret), int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in (now - 1, now, now + 1):
        if secrets.compare_digest(totp.generate_otp(step), digits) and step > user.totp_last_step:
            found = step
    return found


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))


def _plain(code: str) -> str:
    return code.replace("-", "").replace(" ", "").lower()
