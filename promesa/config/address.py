"""Where the database is: the user's own (`DATABASE_URL`), or the embedded server of this data folder."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from promesa.config import home

NAME = "promesa"
USER = "promesa"


class BadAddress(ValueError):
    """`DATABASE_URL` does not say where a PostgreSQL is."""


def own_address() -> str:
    """`DATABASE_URL`, or an empty string when the embedded server is to be used."""
    return os.environ.get("DATABASE_URL", "").strip()


def embedded(data: Path) -> dict[str, Any]:
    """Django's words for the embedded server of a data folder. Asking does not start it."""
    return {
        "NAME": NAME,
        "USER": USER,
        "PASSWORD": "",
        "HOST": str(home.socket_folder(data)),
        "PORT": "5432",
        "OPTIONS": {},
    }


def parsed(url: str) -> dict[str, Any]:
    """Django's words for `postgresql://user:password@host:port/name?option=value`.

    :raises BadAddress: if it is another kind of address or names no database.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise BadAddress("DATABASE_URL must begin with postgresql://")
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise BadAddress("DATABASE_URL names no database: postgresql://user:password@host:5432/promesa")
    return {
        "NAME": name,
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": options,
    }


def database() -> dict[str, Any]:
    """The address in force."""
    url = own_address()
    return parsed(url) if url else embedded(home.home())
