"""Proofs of delivery: the bytes of a signature, kept in a folder under the hash of what they are."""

from __future__ import annotations

from promesa.core import store
from promesa.core.errors import Refused

LARGEST = 512 * 1024
# By their first bytes, whatever the sender calls them. SVG is not among them: it can carry script.
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


class ProofNotAnImage(Refused):
    """A signature is a PNG, JPEG or GIF image."""

    status = 422


class ProofTooLarge(Refused):
    """A signature is a small image."""

    status = 422


def keep_signature(content: bytes) -> str:
    """Write the image, so that it survives a crash, and return its SHA-256. The same bytes are kept once.

    Called before any lock is taken: it does file I/O.

    :raises ProofTooLarge: above half a megabyte.
    :raises ProofNotAnImage: if it isn't PNG, JPEG or GIF.
    """
    if len(content) > LARGEST:
        raise ProofTooLarge(size=len(content), limit=LARGEST)
    if not content.startswith(_IMAGES):
        raise ProofNotAnImage()
    return store.keep(content)
