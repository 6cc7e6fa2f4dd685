"""Is that process alive, and is it the one we mean?"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

PROC = Path("/proc")


def end_with(parent: int, *, grace_seconds: float) -> None:
    """End this process when that one is gone, however it went: as Ctrl-C would, and if that takes too long, at once."""

    def watch() -> None:
        while is_alive(parent):
            time.sleep(0.2)
        with contextlib.suppress(ProcessLookupError):
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace_seconds)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def is_alive(pid: int) -> bool:
    """Whether the process runs. A zombie, dead but not yet reaped by its parent, does not."""
    if PROC.joinpath("self").exists():
        return _state(pid) not in ("", "Z", "X")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _ps(pid, "stat").startswith("Z")


def is_running_in(pid: int, folder: Path) -> bool:
    """Whether the process is a living PostgreSQL whose working folder is the given cluster."""
    if not is_alive(pid):
        return False
    if not PROC.joinpath("self").exists():
        return "postgres" in _ps(pid, "comm")
    try:
        return (PROC / str(pid) / "comm").read_text().strip() == "postgres" and _same(PROC / str(pid) / "cwd", folder)
    except OSError:
        return False


def _same(link: Path, folder: Path) -> bool:
    """Whether a process works in the folder. Where its working folder may not be read, its name must do."""
    try:
        return os.path.samefile(link, folder)
    except PermissionError:
        return True


def _state(pid: int) -> str:
    try:
        # The program's name stands in brackets and may hold anything; the state is the first word after them.
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def _ps(pid: int, column: str) -> str:
    found = subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()
