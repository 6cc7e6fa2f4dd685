"""A small IMAP server (RFC 3501 with UIDPLUS and MOVE) and an SMTP server for tests, over real sockets on this machine."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Message:
    """A message in a folder of the server."""

    uid: int
    content: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class Folder:
    """A folder of the server, with the validity of its UIDs."""

    validity: int = 1
    next_uid: int = 1
    messages: list[Message] = field(default_factory=list)

    def add(self, content: bytes) -> Message:
        message = Message(self.next_uid, content)
        self.next_uid += 1
        self.messages.append(message)
        return message


class _Session(socketserver.StreamRequestHandler):
    """One client: commands in lines, answers as RFC 3501 has them."""

    server: PostServer

    def say(self, text: str | bytes) -> None:
        self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def handle(self) -> None:
        self.folder: Folder | None = None
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
            self.server.heard.append(re.sub(r"(LOGIN \S+) .*", r"\1 …", rest))
            if self.server.drop_at and self.server.drop_at in rest:
                self.server.drop_at = ""
                return
            if rest.upper() == "LOGOUT":
                self.say("* BYE bye")
                self.say(f"{tag} OK done")
                return
            self._answer(tag, rest)

    def _answer(self, tag: str, rest: str) -> None:
        words = [one.strip('"') for one in re.findall(r'"(?:[^"\\]|\\.)*"|\([^)]*\)|\S+', rest)]
        name = words[0].upper()
        if name == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1 " + " ".join(self.server.capabilities))
            self.say(f"{tag} OK done")
        elif name == "LOGIN":
            right = words[1:3] == [self.server.user, self.server.password]
            self.say(f"{tag} OK done" if right else f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
        elif name == "SELECT":
            self._select(tag, words[1])
        elif name == "CREATE":
            self.server.folders.setdefault(words[1], Folder())
            self.say(f"{tag} OK done")
        elif name == "UID":
            self._uid(tag, words[1].upper(), words[2:])
        else:
            self.say(f"{tag} BAD unknown command")

    def _select(self, tag: str, name: str) -> None:
        self.folder = self.server.folders.get(name)
        if self.folder is None:
            self.say(f"{tag} NO [NONEXISTENT] no such folder")
            return
        self.say(f"* {len(self.folder.messages)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.folder.validity}] valid")
        self.say(f"{tag} OK [READ-WRITE] selected")

    def _uid(self, tag: str, verb: str, words: list[str]) -> None:
        folder = self.folder
        assert folder is not None
        if verb == "SEARCH":
            first = int(words[1].split(":")[0])
            uids = [one.uid for one in folder.messages if "\\Deleted" not in one.flags]
            found = [uid for uid in uids if uid >= first] or uids[-1:]  # `n:*` always names the last one
            self.say("* SEARCH " + " ".join(map(str, found)))
            self.say(f"{tag} OK done")
            return
        message = next((one for one in folder.messages if one.uid == int(words[0])), None)
        if message is None:
            self.say(f"{tag} OK nothing")
        elif verb == "FETCH":
            self._fetch(tag, message, words[1])
        elif verb == "STORE":
            message.flags.update(words[2].strip("()").split())
            self.say(f"{tag} OK done")
        elif verb in ("MOVE", "COPY"):
            self._copy(tag, folder, message, words[1], move=verb == "MOVE")
        elif verb == "EXPUNGE":
            folder.messages = [one for one in folder.messages if one is not message or "\\Deleted" not in one.flags]
            self.say(f"{tag} OK done")
        else:
            self.say(f"{tag} BAD no")

    def _fetch(self, tag: str, message: Message, what: str) -> None:
        size = self.server.sizes.get(message.uid, len(message.content))
        if "RFC822.SIZE" in what:
            self.say(f"* 1 FETCH (UID {message.uid} RFC822.SIZE {size})")
        else:
            self.say(f"* 1 FETCH (UID {message.uid} BODY[]<0> {{{len(message.content)}}}")
            self.wfile.write(message.content)
            self.say(")")
        self.say(f"{tag} OK done")

    def _copy(self, tag: str, folder: Folder, message: Message, name: str, *, move: bool) -> None:
        target = self.server.folders.get(name)
        if target is None:
            self.say(f"{tag} NO [TRYCREATE] no such folder")
            return
        target.add(message.content)
        if move:
            folder.messages.remove(message)
        self.say(f"{tag} OK done")


class PostServer(socketserver.ThreadingTCPServer):
    """An IMAP server with one user; `heard` is what it was told, `drop_at` the command at which it hangs up, once."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *, context=None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.context = context
        self.user, self.password = "orders", "s3cret"
        self.folders = {"INBOX": Folder()}
        self.capabilities = ["UIDPLUS", "MOVE"]
        self.sizes: dict[int, int] = {}
        self.heard: list[str] = []
        self.drop_at = ""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def get_request(self):
        connection, address = super().get_request()
        if self.context is not None:
            connection = self.context.wrap_socket(connection, server_side=True)
        return connection, address

    def handle_error(self, request, client_address) -> None:
        """Clients that hang up are part of the tests."""

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def inbox(self) -> Folder:
        return self.folders["INBOX"]


class Letters:
    """What an SMTP server was handed: envelopes; `refuse` is what it says to recipients instead."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.refuse = ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append(
            (envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.original_content or envelope.content))
        )
        return "250 OK"


class SmtpServer(Controller):
    """An SMTP server on a free port of this machine."""

    def __init__(self) -> None:
        self.letters = Letters()
        super().__init__(self.letters, hostname="127.0.0.1", port=0)

    def factory(self):
        return SMTP(self.letters, enable_SMTPUTF8=True)

    def _trigger_server(self) -> None:
        """The controller knocks at its own port, which it knows only now."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
