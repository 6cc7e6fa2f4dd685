"""Ways to bring a document's bytes to the other side. All of this is I/O: never called while a lock is held.

A channel brings the same bytes under the same name and message id every time, so that a repeat can be recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from promesa.exchange.channels import folder, http, mail, webhook
from promesa.exchange.channels.parcel import Brought, NotBrought, Parcel

__all__ = ["Brought", "NotBrought", "Parcel", "bring"]

_CHANNELS: dict[str, Callable[..., Brought]] = {
    "folder": folder.bring,
    "http": http.bring,
    "mail": mail.bring,
    "webhook": webhook.bring,
    "none": lambda parcel, at: Brought(kept=True),
}


def bring(parcel: Parcel, *, channel: str, at: datetime) -> Brought:
    """Bring a parcel to the other side's door.

    :raises NotBrought: if it did not get there, with why, and whether another try is worth it.
    """
    carry = _CHANNELS.get(channel)
    if carry is None:
        raise NotBrought("channel_unknown", for_good=True, channel=channel)
    return carry(parcel, at)
