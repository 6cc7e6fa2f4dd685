"""Where this installation keeps what it must keep: `PROMESA_HOME`."""

import hashlib
import os
import secrets
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
# A socket's path must fit in 108 bytes, its own name included.
LONGEST_SOCKET_FOLDER = 85


def home() -> Path:
    """The data folder: `PROMESA_HOME`, else `var` in a checkout, else the platform's folder for data."""
    named = os.environ.get("PROMESA_HOME")
    if named:
        return Path(named).expanduser().absolute()
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / "var"
    return platform_folder()


def platform_folder() -> Path:
    """Where this platform wants a program's data."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "promesa"
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "promesa"


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def socket_folder(data: Path) -> Path:
    """Where the database's socket lies: in the data folder, or in a short folder when that path is too long."""
    near = data / "run"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
        return near
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"promesa-{os.getuid()}-{mark}"


def secret(data: Path) -> str:
    """The key that signs cookies and tokens: made once, readable by its owner alone."""
    place = data / "secret"
    private_folder(data)
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _written_secret(place)
    with os.fdopen(handle, "w") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key


def _written_secret(place: Path) -> str:
    """Read the key; an empty file is one whose writer was stopped half-way."""
    key = place.read_text().strip()
    if key:
        return key
    key = secrets.token_urlsafe(50)
    place.write_text(key)
    return key
