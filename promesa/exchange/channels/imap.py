"""Fetching from an IMAP server (RFC 3501, UIDPLUS, MOVE). I/O: never called while a lock is held.

The certificate of the server is proved before it is told anything; without encryption only this machine is spoken to.
"""

from __future__ import annotations

import base64
import imaplib
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from promesa.exchange.formats import MAX_BYTES

TIMEOUT = 60
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_SECRET = re.compile(r"env:PROMESA_MAIL_[A-Z0-9_]{1,80}|file:[A-Za-z0-9][A-Za-z0-9_.-]{0,80}")
_TROUBLE = (imaplib.IMAP4.error, OSError, EOFError, ValueError)


class MailTrouble(Exception):
    """A mail server did not do its part: the code and parameters of a sentence. `for_good`: trying again is no use."""

    def __init__(self, code: str, *, for_good: bool = False, **params: Any) -> None:
        super().__init__(code)
        self.code, self.for_good, self.params = code, for_good, params


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mailbox is, and how it is entered; `secret` names where the password is."""

    host: str
    port: int
    security: str
    user: str
    secret: str


def is_secret_name(text: str) -> bool:
    """Whether a text names a place where the password of a mailbox may be."""
    return _SECRET.fullmatch(text) is not None


def password(name: str) -> str:
    """The password that lies in a place of that name.

    :raises MailTrouble: if it is not there.
    """
    kind, _, where = name.partition(":") if is_secret_name(name) else ("", "", "")
    found = ""
    if kind == "env":
        found = os.environ.get(where, "")
    elif kind == "file":
        place = Path(settings.HOME) / "secrets" / where
        found = place.read_text(encoding="utf-8") if place.is_file() else ""
    if not found.strip():
        raise MailTrouble("mail_secret_missing", secret=name)
    return found.strip()


def insist_on_encryption(server: Server) -> None:
    """Refuse to tell a password over an open line.

    :raises MailTrouble: if the server is not this machine and the line is not encrypted.
    """
    if server.security == "plain" and server.host not in HERE:
        raise MailTrouble("mail_insecure", for_good=True, host=server.host)


def words_of(error: BaseException) -> str:
    """What a server or the system said, in one line and without the reply's bytes around it."""
    said = error.args[0] if error.args else type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        said = error.strerror
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:200]


class Postbox:
    """An open folder of a mailbox on an IMAP server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._client: imaplib.IMAP4 | None = None

    def open(self) -> None:
        """Connect and sign in.

        :raises MailTrouble: if the server cannot be reached, does not prove itself, or refuses the user.
        """
        server = self.server
        insist_on_encryption(server)
        word = password(server.secret)
        context = ssl.create_default_context()
        try:
            if server.security == "tls":
                client: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                    server.host, server.port, ssl_context=context, timeout=TIMEOUT
                )
            else:
                client = imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT)
            self._client = client
            if server.security == "starttls":
                client.starttls(ssl_context=context)
        except ssl.SSLError as error:
            raise MailTrouble("mail_server_unproven", host=server.host, problem=words_of(error)) from None
        except _TROUBLE as error:
            raise MailTrouble("mail_server_unreachable", host=server.host, problem=words_of(error)) from None
        try:
            client.login(server.user, word)
        except _TROUBLE as error:
            raise MailTrouble(
                "mail_login_refused", host=server.host, user=server.user, problem=words_of(error).replace(word, "…")
            ) from None

    def close(self) -> None:
        if self._client is not None:
            try:
                self._client.logout()
            except _TROUBLE:
                self._client.shutdown()

    def select(self, folder: str) -> int:
        """Open a folder; returns its UIDVALIDITY.

        :raises MailTrouble: if there is no such folder.
        """
        try:
            status, said = self.client.select(quoted(folder))
        except _TROUBLE as error:
            raise self._trouble("select", error) from None
        if status != "OK":
            raise MailTrouble("mail_folder_missing", host=self.server.host, folder=folder, problem=_text(said))
        _, validity = self.client.response("UIDVALIDITY")
        return int(validity[0]) if validity and validity[0] else 0

    @property
    def client(self) -> imaplib.IMAP4:
        assert self._client is not None
        return self._client

    def uids(self, *, after: int) -> list[int]:
        """The messages with a UID over `after`, in order; those marked as deleted are left out."""
        said = self._uid("SEARCH", f"UID {after + 1}:*", "UNDELETED")
        found = {int(one) for row in said if row for one in row.split() if one.isdigit()}
        return sorted(one for one in found if one > after)

    def size(self, uid: int) -> int | None:
        """How many bytes a message has; None when it is gone."""
        said = self._uid("FETCH", str(uid), "(RFC822.SIZE)")
        found = re.search(rb"RFC822\.SIZE (\d+)", _bytes(said))
        return int(found.group(1)) if found else None

    def message(self, uid: int) -> bytes | None:
        """The bytes of a message, which stays unseen; None when it is gone. Never more than `MAX_BYTES` and one."""
        said = self._uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MAX_BYTES + 1}>)")
        return next((row[1] for row in said if isinstance(row, tuple) and len(row) > 1), None)

    def head(self, uid: int) -> bytes | None:
        """The first bytes of a message's headers, whatever its size; None when it is gone."""
        said = self._uid("FETCH", str(uid), "(BODY.PEEK[HEADER]<0.65536>)")
        return next((row[1] for row in said if isinstance(row, tuple) and len(row) > 1), None)

    def mark_seen(self, uid: int) -> None:
        self._uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def move(self, uid: int, folder: str) -> None:
        """Move a message to another folder, which is made if there is none.

        Without MOVE it is copied, marked as deleted, and taken out where the server can take out just this one.
        """
        name = quoted(folder)
        capabilities = {str(one).upper() for one in self.client.capabilities}
        verb = "MOVE" if "MOVE" in capabilities else "COPY"
        try:
            self._uid(verb, str(uid), name)
        except MailTrouble as trouble:
            if trouble.code != "mail_server_refused":
                raise
            self._create(name)
            self._uid(verb, str(uid), name)
        if verb == "COPY":
            self._uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen \Deleted)")
            if "UIDPLUS" in capabilities:
                self._uid("EXPUNGE", str(uid))

    def _create(self, name: str) -> None:
        try:
            self.client.create(name)
        except _TROUBLE as error:
            raise self._trouble("create", error) from None

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        try:
            status, said = self.client.uid(command, *arguments)
        except _TROUBLE as error:
            raise self._trouble(command, error) from None
        if status != "OK":
            raise MailTrouble("mail_server_refused", host=self.server.host, what=command, problem=_text(said))
        return list(said)

    def _trouble(self, what: str, error: BaseException) -> MailTrouble:
        if isinstance(error, imaplib.IMAP4.abort | OSError | EOFError):
            return MailTrouble("mail_server_unreachable", host=self.server.host, problem=words_of(error))
        return MailTrouble("mail_server_refused", host=self.server.host, what=what, problem=words_of(error))


@contextmanager
def postbox(server: Server) -> Iterator[Postbox]:
    """A mailbox, open for as long as the block lasts.

    :raises MailTrouble: if it cannot be opened.
    """
    box = Postbox(server)
    try:
        box.open()
        yield box
    finally:
        box.close()


def quoted(folder: str) -> str:
    """The name of a folder as IMAP writes it: modified UTF-7 between quotation marks (RFC 3501, 5.1.3)."""
    found, held = [], ""
    for letter in folder.replace("\r", "").replace("\n", "") + "\0":
        if 0x20 <= ord(letter) <= 0x7E or letter == "\0":
            if held:
                coded = base64.b64encode(held.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")
                found.append(f"&{coded}-")
                held = ""
            found.append("&-" if letter == "&" else letter if letter != "\0" else "")
        else:
            held += letter
    text = "".join(found).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _bytes(said: list[Any]) -> bytes:
    return b" ".join(
        part for row in said for part in (row if isinstance(row, tuple) else (row,)) if isinstance(part, bytes)
    )


def _text(said: list[Any]) -> str:
    return _bytes(said).decode("utf-8", "replace")[:200]
