"""Bringing a document as a webhook, signed as Standard Webhooks says: id, timestamp, `v1,` HMAC-SHA256.

While a secret changes over, both are named: each signs, and the receiver takes whichever it knows. A 2xx acknowledges.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

from promesa.exchange.channels import secrets
from promesa.exchange.channels.http import post
from promesa.exchange.channels.parcel import Brought, NotBrought, Parcel

_MARK = "whsec_"


def bring(parcel: Parcel, at: datetime) -> Brought:
    """POST the bytes with their signatures. The id is the same for every try, the timestamp is that of the try."""
    keys = [key_of(secret) for secret in secrets.read(parcel.secret)]
    if not keys:
        raise NotBrought("secret_none", for_good=True)
    moment = str(int(at.timestamp()))
    headers = {
        "Content-Type": parcel.content_type,
        "webhook-id": parcel.message_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(signature(key, parcel.message_id, moment, parcel.content) for key in keys),
    }
    post(parcel.address, parcel.content, headers)
    return Brought(message_id=parcel.message_id, acknowledged=True)


def key_of(secret: str) -> bytes:
    """The bytes of a secret: base64 after `whsec_`, as Standard Webhooks writes it."""
    try:
        return base64.b64decode(secret.removeprefix(_MARK), validate=True)
    except binascii.Error:
        return secret.encode()


def signature(key: bytes, message_id: str, timestamp: str, content: bytes) -> str:
    """The signature of one message, as the header bears it."""
    signed = b".".join((message_id.encode(), timestamp.encode(), content))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
