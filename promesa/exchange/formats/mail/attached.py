"""What is attached to an e-mail: each attachment by name, and the documents that readers of any format find in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from promesa.exchange.formats.given import Given
from promesa.exchange.formats.mail import archive
from promesa.exchange.formats.mail.headers import clean, header_text
from promesa.exchange.formats.mail.parts import Part, decoded
from promesa.exchange.formats.neutral import Fault, NeutralDocument, fault, shortened

MAX_ATTACHMENTS = 100
MAX_IMAGES = 10
SMALL_IMAGE = 10_000
MAX_NAME = 200
_TNEF = b"\x78\x9f\x3e\x22"
_SIGNATURES = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
    }
)
_REPORTS = frozenset({
    "message/delivery-status", "message/disposition-notification", "text/rfc822-headers", "message/global-delivery-status",
    "message/global-headers", "message/feedback-report",
})  # fmt: skip
_ENCRYPTED = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
# Documents of words: what tables are not found in, nobody meant to be one.
_WORDS = frozenset(
    {"text/plain", "text/html", "application/octet-stream", "application/msword", "application/rtf", "text/rtf"}
)
_WORDY = (".docx", ".doc", ".odt", ".rtf", ".pptx", ".ppt", ".odp", ".txt", ".html", ".htm")
_FOLDER = re.compile(r".*[\\/]")
_KINDS = (
    ("image/", "image"),
    ("text/calendar", "calendar"),
    ("text/vcard", "card"),
    ("text/x-vcard", "card"),
    ("audio/", "sound"),
    ("video/", "film"),
)
_ENDINGS = {
    "application/pdf": ".pdf", "text/csv": ".csv", "application/edifact": ".edi", "application/edi-x12": ".x12", "text/xml": ".xml",
    "application/xml": ".xml", "message/rfc822": ".eml", "text/plain": ".txt", "text/html": ".html", "image/png": ".png",
    "image/jpeg": ".jpg",
    "application/zip": ".zip",
}  # fmt: skip


@dataclass(slots=True)
class Attached:
    """What was attached: as it is shown, the documents found in it, and what was wrong with it."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    documents: list[NeutralDocument] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    images: int = 0


def read_attached(root: Part, *, bodies: Iterable[Part], given: Given, returned: bool) -> Attached:
    """Read what is attached to a mail. `returned` says that it is a report: the mail that it returns is our own and is
    not read again."""
    found = Attached()
    texts = {id(one) for one in bodies}
    leaves = [
        one
        for one in root.walk()
        if not one.parts and id(one) not in texts and not one.media_type.startswith("multipart/")
    ]
    leaves = [
        one
        for one in leaves
        if one.media_type not in _REPORTS and (one is not root or one.filename or not _is_empty(one))
    ]
    if len(leaves) > MAX_ATTACHMENTS:
        found.faults.append(fault("attachments_too_many", received=len(leaves), right=MAX_ATTACHMENTS))
    for part in leaves[:MAX_ATTACHMENTS]:
        _read_part(part, found, given, returned)
    return found


def _is_empty(part: Part) -> bool:
    return part.media_type.startswith("text/") and not part.raw.strip()


def name_of(part: Part) -> str:
    """The name of an attachment without folders; one that has none is named after its place and kind."""
    name = _FOLDER.sub("", part.filename).strip()[:MAX_NAME]
    if name:
        return name
    if part.media_type == "message/rfc822":
        subject = re.search(rb"^Subject:([^\r\n]{0,200})", part.raw[:20_000], re.IGNORECASE | re.MULTILINE)
        return shortened(header_text(subject.group(1))[0] if subject else "", limit=100) or "message.eml"
    return f"part-{part.place or 1}{_ENDINGS.get(part.media_type, '')}"


def _read_part(part: Part, found: Attached, given: Given, returned: bool) -> None:
    name = name_of(part)
    content = decoded(part, found.faults)
    shown: dict[str, Any] = {"name": name, "media_type": part.media_type, "size": len(content)}
    found.shown.append(shown)
    shown["kind"] = _without_reading(part, name, content, found, returned) or _read_content(
        part, name, content, found, given
    )


def _without_reading(part: Part, name: str, content: bytes, found: Attached, returned: bool) -> str:
    """The kind of an attachment that is not to be read as a document, else empty."""
    media = part.media_type
    if media in _SIGNATURES:
        return "signature"
    if media in _ENCRYPTED and "signed" not in part.params.get("smime-type", ""):
        found.faults.append(fault("mail_encrypted", where=name, received=media))
        return "encrypted"
    if media == "application/ms-tnef" or name.lower() in ("winmail.dat", "win.dat") or content.startswith(_TNEF):
        found.faults.append(fault("winmail_dat", where=name, received=name))
        return "winmail"
    if media == "message/external-body":
        received = part.params.get("url") or part.params.get("site") or part.params.get("access-type") or media
        found.faults.append(fault("attachment_elsewhere", where=name, received=received, name=name))
        return "elsewhere"
    if returned and media.startswith(("message/", "text/")):
        return "returned"
    if not content.strip():
        if not any(one.code == "attachment_damaged" and one.where == part.place for one in found.faults):
            found.faults.append(fault("attachment_empty", where=part.place, name=name))
        return "unreadable"
    if media.startswith("image/"):
        inline = bool(part.first("content-id")) and part.disposition != "attachment"
        found.images += not inline
        return "image" if inline or len(content) < SMALL_IMAGE or found.images > MAX_IMAGES else ""
    return next((kind for begins, kind in _KINDS if media.startswith(begins) and begins != "image/"), "")


def _read_content(part: Part, name: str, content: bytes, found: Attached, given: Given) -> str:
    if archive.is_archive(content):
        files, faults = archive.unpacked(content, name=name)
        found.faults.extend(faults)
        kinds = [_read_file(part, file, said, found, given) for file, said in files]
        return next((one for one in kinds if one not in ("unreadable", "archive")), "archive")
    return _read_file(part, name, content, found, given)


def _read_file(part: Part, name: str, content: bytes, found: Attached, given: Given) -> str:
    """Let the readers of all formats have a file; what none of them knows is named on the mail and is no document."""
    if archive.is_archive(content):
        found.faults.append(fault("attachment_not_read", where=clean(name), received="zip", name=clean(name)))
        return "archive"
    documents = given.inside(content, name)
    known = [one for one in documents if not _is_unknown(one, part, name)]
    found.documents.extend(known)
    if known:
        return known[0].kind
    code = next((one.code for document in documents for one in document.faults), "")
    if code in ("too_deep", "file_too_large"):
        found.faults.append(next(one for document in documents for one in document.faults))
    else:
        found.faults.append(fault("attachment_not_read", where=part.place, received=part.media_type, name=clean(name)))
    return next((kind for begins, kind in _KINDS if part.media_type.startswith(begins)), "unreadable")


def _is_unknown(document: NeutralDocument, part: Part, name: str) -> bool:
    """Whether no reader knew the bytes: of no format, words without headings of a table, or a picture of no document."""
    if document.kind == "unreadable":
        words = part.media_type in _WORDS or name.lower().endswith(_WORDY)
        codes = {one.code for one in document.faults}
        return document.format == "unknown" or (words and bool(codes & {"header_not_found", "spreadsheet_unreadable"}))
    return document.kind == "not_an_order" and part.media_type.startswith("image/")
