"""Keys for other programs: made once, kept as a hash, withdrawn at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from promesa.access.events import KeyCreated, KeyRevoked
from promesa.access.models import ApiKey
from promesa.access.queries import digest, insist
from promesa.access.rules import SCOPES
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb


class UnknownScope(Refused):
    """A key can be given only the scopes of the table."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key and its secret, which is shown this once."""

    id: int
    prefix: str
    token: str


@verb
def create_key(
    *,
    name: str,
    scopes: Sequence[str],
    by: Actor,
    at: datetime,
    customer_id: int | None = None,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key for another program. Only its hash is kept.

    :raises NotAllowed: without the right to manage keys.
    :raises UnknownScope: if a scope is not of the table.
    """
    insist(by, "manage_keys")
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownScope(scope=scope)
    prefix = secrets.token_hex(5)
    token = f"pk_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name[:120], prefix=prefix, secret_hash=digest(token), scopes=sorted(set(scopes)),
        customer=customer_id, created_by=by, created_at=at, expires_at=expires_at,
    )  # fmt: skip
    emit(KeyCreated(key_id=key.pk, name=key.name, scopes=" ".join(key.scopes)), by=by, at=at)
    return NewKey(id=key.pk, prefix=prefix, token=token)


@verb
def revoke_key(*, prefix: str, by: Actor, at: datetime) -> None:
    """Withdraw a key; it stops at once.

    :raises NotFound: if there is no such key.
    """
    insist(by, "manage_keys")
    key = ApiKey.objects.select_for_update().filter(prefix=prefix).first()
    if key is None:
        raise NotFound(prefix, what=prefix)
    if key.revoked_at is None:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        emit(KeyRevoked(key_id=key.pk, name=key.name), by=by, at=at)
