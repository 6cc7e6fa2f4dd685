"""Who asks, and whether they may."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from promesa.access.models import ApiKey, OpenSession, User
from promesa.access.rules import Principal, browser_of, is_trusted, verbs_of_role, verbs_of_scopes
from promesa.core import bulk, prepared
from promesa.core.actors import Actor
from promesa.core.errors import NotAllowed


def person(user: User) -> Principal:
    """The actor that a signed-in person is; costs no statement."""
    return Principal(f"user:{user.pk}", verbs_of_role(user.role) if user.is_active else (), user.customer)


_KEY = """FROM access_apikey
    WHERE secret_hash = %(hash)s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %(at)s)"""
_READ = f"SELECT prefix, scopes::text, customer {_KEY}"
_STILL = f"""SELECT 1 / EXISTS (
    SELECT 1 {_KEY} AND scopes::text = %(scopes)s::text AND customer IS NOT DISTINCT FROM %(customer)s::bigint)::int"""
_SEEN = 1_000


class SeenKey(NamedTuple):
    """A key that was good when it came last: who holds it, and what was read of it."""

    who: Principal
    read: dict[str, Any]


_seen: dict[str, SeenKey] = {}  # by digest


def key_holder(*, token: str, at: datetime) -> Principal | None:
    """The actor behind a key `pk_<prefix>_<secret>`, or None.

    One statement, and nothing is remembered: withdrawing a key works at once.
    """
    hash_ = _hash_of(token)
    found = None if hash_ is None else prepared.row(_READ, {"hash": hash_, "at": at})
    if found is None:
        return None
    prefix, scopes, customer_id = found
    who = _holder(prefix, scopes, customer_id)
    if len(_seen) >= _SEEN:
        _seen.clear()
    _seen[str(hash_)] = SeenKey(who, {"hash": hash_, "scopes": scopes, "customer": customer_id})
    return who


@lru_cache(maxsize=_SEEN)
def _holder(prefix: str, scopes: str, customer_id: int | None) -> Principal:
    listed = json.loads(scopes)
    verbs = verbs_of_scopes(listed if isinstance(listed, list) else [], customer_id=customer_id)
    return Principal(f"key:{prefix}", verbs, customer_id)


def seen_key(*, token: str) -> SeenKey | None:
    """A key that was good when it came last. It may have been withdrawn since: whoever acts for its holder says so to the
    database first, by `confirm_key`."""
    return _seen.get(_hash_of(token) or "")


def confirm_key(key: SeenKey, *, at: datetime, refusal: prepared.Refusal) -> None:
    """Ask the database whether this key is still as it was: an effect that goes with the next statement, or at once, and
    refuses when it is not."""

    def refused() -> Exception:
        _seen.pop(key.read["hash"], None)
        return refusal()

    prepared.effect(_STILL, {**key.read, "at": at}, refused)


def _hash_of(token: str) -> str | None:
    if len(token) > 200 or not token.startswith("pk_") or not token.isascii():
        return None
    return digest(token)


def digest(secret: str) -> str:
    """What is kept of a secret of 256 bits (or 80): no salt or stretching is needed for what nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def may(by: Actor, verb: str, subject: int | None = None) -> bool:
    """Whether the actor has the right. `subject` is the id of the customer to whom the thing belongs.

    The system itself may do all; a person what the role says; a key what its scopes say, for its own customer if it
    is bound to one. Costs no statement when `by` came through a door.
    """
    if not isinstance(by, Principal):
        if is_trusted(by):
            return True
        by = principal(by)
    return verb in by.verbs and (by.customer_id is None or subject is None or by.customer_id == subject)


def insist(by: Actor, verb: str, subject: int | None = None) -> None:
    """Refuse unless the actor has the right.

    :raises NotAllowed: if it has not.
    """
    if not may(by, verb, subject):
        raise NotAllowed(verb=verb)


def principal(by: Actor) -> Principal:
    """The rights of an actor known by label only; nobody has none."""
    if by.kind == "user" and by.reference.isdecimal():
        user = User.objects.filter(pk=int(by.reference)).first()
        if user is not None:
            return person(user)
    if by.kind == "key":
        key = ApiKey.objects.filter(prefix=by.reference, revoked_at=None).first()
        if key is not None:
            return Principal(by, verbs_of_scopes(key.scopes, customer_id=key.customer), key.customer)
    return Principal(by)


def names_of(actors: set[str]) -> dict[str, str]:
    """What people and keys are called, by label, for timelines."""
    people = {int(ref): label for label in actors if (ref := label.removeprefix("user:")) != label and ref.isdecimal()}
    keys = {label.removeprefix("key:"): label for label in actors if label.startswith("key:")}
    names = {people[user.pk]: str(user) for user in User.objects.filter(pk__in=people)} if people else {}
    if keys:
        names |= {
            keys[prefix]: name for prefix, name in ApiKey.objects.filter(prefix__in=keys).values_list("prefix", "name")
        }
    return names


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A place where somebody is signed in."""

    id: int
    address: str
    browser: str
    signed_in_at: datetime
    is_this: bool


def sessions_of(*, user_id: int, this: str, at: datetime) -> list[SessionRow]:
    """Where a person is signed in now, newest first."""
    found = bulk.rows(
        """SELECT o.id, o.address, o.agent, o.signed_in_at, o.session_key = %s
           FROM access_opensession o JOIN django_session s ON s.session_key = o.session_key
           WHERE o.user_id = %s AND s.expire_date > %s ORDER BY o.signed_in_at DESC""",
        [this, user_id, at],
    )
    return [
        SessionRow(id_, address, browser_of(agent), signed_in_at, is_this)
        for id_, address, agent, signed_in_at, is_this in found
    ]


def recovery_codes_left(*, user_id: int) -> int:
    """How many recovery codes a person still has."""
    return User.objects.get(pk=user_id).recovery_codes.filter(used_at=None).count()


def keys() -> list[ApiKey]:
    """All keys, newest first; their secrets are nowhere."""
    return list(ApiKey.objects.order_by("-created_at"))


def people() -> list[User]:
    """Everybody, by name."""
    return list(User.objects.order_by("username"))


def has_open_session(session_key: str) -> bool:
    """Whether this session was recorded at sign-in."""
    return OpenSession.objects.filter(session_key=session_key).exists()
