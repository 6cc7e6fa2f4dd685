"""Bringing a document by laying it into `outbox/<partner>/`, whence another program or an SFTP server takes it."""

from __future__ import annotations

from datetime import datetime

from promesa.exchange.channels import folders
from promesa.exchange.channels.parcel import Brought, NotBrought, Parcel


def bring(parcel: Parcel, at: datetime) -> Brought:
    """Write the file. A repeat writes the same bytes under the same name."""
    box = folders.root() / "outbox" / folders.safe(parcel.partner)
    for part in filter(None, parcel.address.split("/")):
        box /= folders.safe(part)
    try:
        folders.put(box, parcel.name, parcel.content)
    except OSError as error:
        raise NotBrought("folder_unwritable", folder=str(box), problem=error.strerror or type(error).__name__) from None
    return Brought(message_id=parcel.name)
