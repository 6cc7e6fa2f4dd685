"""What the frame template draws. The room that composes pages fills it in a context processor; nothing here asks a database.

Context variables of `core/frame.html` (all may be absent):

=================== =========================================================================================
``rail``            groups of `Entry`, only those that the user may use
``search_url``      GET with `q`; a page, or with the header HX-Request the fragment `core/_found.html`
``new_order_url``   when the user may enter orders
``changes``         `Changes`: what happened since the last look
``me``              `Me`: who is signed in
``company``         the company's name, at the foot of the rail
``home_url``        where the brand leads, default `/`
``language_url``    POST `language`, `next`; default the URL named `set_language`
=================== =========================================================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the rail. `tab` puts it into the bottom bar of a telephone too (at most four)."""

    icon: str
    word: Text
    href: str
    count: int = 0
    here: bool = False
    tab: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """How many things changed since this person last looked, and where they are listed."""

    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Me:
    """The person at the desk: name, role or team, where the account is, where to sign out (POST)."""

    name: str
    role: Text = ""
    account_url: str = ""
    sign_out_url: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of the search over everything: where it leads, what it is called, and what tells it from its like."""

    href: str
    title: str
    sub: Text = ""
    note: Text = ""
    line: str = ""  # the code of a promise line, for orders


@dataclass(frozen=True, slots=True)
class Hits:
    """Results of one kind, under their heading."""

    word: Text
    icon: str
    hits: Sequence[Hit]
    more_url: str = ""
