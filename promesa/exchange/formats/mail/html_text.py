"""HTML of an e-mail as the text that a person sees: blocks are lines, cells are divided by tabs, quotations get `> `.

A scanner of our own, linear in the length of the text whatever it holds; nothing is ever fetched, run or followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

MAX_HTML = 2_000_000
_MAX_DEPTH = 400
_TAG = re.compile(r"(/?)([A-Za-z][A-Za-z0-9:_-]{0,30})")
_SILENT = frozenset(
    {
        "script",
        "style",
        "head",
        "title",
        "template",
        "object",
        "svg",
        "math",
        "noframes",
        "iframe",
        "textarea",
        "select",
    }
)
_RAW = frozenset({"script", "style", "title", "textarea", "iframe", "noframes"})
_VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source", "param", "embed", "track"}
)
_BLOCKS = frozenset({
    "p", "div", "section", "article", "header", "footer", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
    "address", "form", "fieldset", "center", "main", "aside", "figure", "body", "html", "table", "tbody", "thead", "tfoot", "caption",
})  # fmt: skip
_SPACED = frozenset({"p", "ul", "ol", "blockquote", "table", "h1", "h2", "h3", "pre"})
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|max-height\s*:\s*0(?![.\d])|mso-hide\s*:\s*all|opacity\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_STYLE = re.compile(r"\bstyle\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_HIDDEN_ATTRIBUTE = re.compile(r"(?:^|\s)hidden(?:\s|=|/?$)", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\u200b\ufeff]+")
_LINES = re.compile(r"\n{3,}")


@dataclass(slots=True)
class _Table:
    """A table being read: the cells of the row, and where the text of the open cell begins."""

    row: list[str] = field(default_factory=list)
    cell: int = -1
    inner: bool = False


class _Writer:
    """The text so far, in lines, with the depth of quotation each line was written at."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.silent = 0
        self.pre = 0
        self.quoted = 0
        self.tables: list[_Table] = []

    def text(self, said: str) -> None:
        if self.silent or not said:
            return
        said = unescape(said).replace("\xa0", " ").replace("\x00", "")
        if self.pre:
            self.pieces.append(said.replace("\r\n", "\n"))
            return
        said = _SPACES.sub(" ", said)
        if said == " " and (not self.pieces or self.pieces[-1].endswith((" ", "\n", "\t"))):
            return
        self.pieces.append(said.lstrip(" ") if self.pieces and self.pieces[-1].endswith(("\n", " ")) else said)

    def break_line(self, *, empty: bool = False) -> None:
        if not self.silent:
            self.pieces.append("\n\n" if empty else "\n")

    def begin(self, name: str, attributes: str) -> None:
        if name in _VOID:
            if name == "br" and not self.silent:
                self.pieces.append("\n")
            elif name == "hr":
                self.break_line()
            return
        if len(self.open) >= _MAX_DEPTH:
            return
        hidden = name in _SILENT or _is_hidden(attributes)
        self.open.append(name + ("!" if hidden else ""))
        if hidden or self.silent:
            self.silent += hidden
            return
        self.pre += name == "pre"
        if name == "blockquote":
            self.break_line()
            self.quoted += 1
            self.pieces.append("\x01")
        elif name == "table":
            if self.tables:
                self.tables[-1].inner = True
            self.break_line()
            self.tables.append(_Table())
        elif name == "tr":
            self._end_row()
        elif name in ("td", "th") and self.tables:
            self._end_cell()
            self.tables[-1].cell = len(self.pieces)
        elif name in _BLOCKS:
            self._edge()

    def end(self, name: str) -> None:
        if name not in self.open and name + "!" not in self.open:
            if name == "p":
                self.break_line()
            return
        while self.open:
            closed = self.open.pop()
            self._close(closed)
            if closed.rstrip("!") == name:
                return

    def _close(self, closed: str) -> None:
        if closed.endswith("!"):
            self.silent -= 1
            return
        if self.silent:
            return
        self.pre -= closed == "pre"
        if closed == "blockquote":
            self.pieces.append("\n\x02")
            self.quoted -= 1
        elif closed in ("td", "th"):
            self._end_cell()
        elif closed == "tr":
            self._end_row()
        elif closed == "table" and self.tables:
            self._end_row()
            self.tables.pop()
            self.break_line()
        elif closed in _SPACED:
            self.break_line(empty=closed == "p" and not self.tables)
        elif closed in _BLOCKS:
            self._edge()

    def _edge(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.break_line()

    def _end_cell(self) -> None:
        table = self.tables[-1] if self.tables else None
        if table is None or table.cell < 0:
            return
        said = "".join(self.pieces[table.cell :])
        del self.pieces[table.cell :]
        table.cell = -1
        simple = not table.inner and "\x01" not in said and "\x02" not in said
        table.row.append(" ".join(said.split()) if simple and len(said) < 500 else said)

    def _end_row(self) -> None:
        if not self.tables:
            return
        self._end_cell()
        table = self.tables[-1]
        cells, table.row = table.row, []
        table.inner = False
        if not any(one.strip() for one in cells):
            return
        self._edge()
        plain = all("\n" not in one for one in cells)
        self.pieces.append(("\t" if plain else "\n").join(cells) + "\n")

    def finished(self) -> str:
        while self.open:
            self._close(self.open.pop())
        return _quoted("".join(self.pieces))


def _quoted(text: str) -> str:
    """The lines of the text, those within quotations with `> ` before them for each level."""
    lines, level = [], 0
    for line in text.split("\n"):
        level += line.count("\x01")
        plain = line.replace("\x01", "").replace("\x02", "").rstrip(" ")
        lines.append("> " * min(level, 5) + plain if level else plain)
        level = max(0, level - line.count("\x02"))
    while lines and not lines[-1].strip("> "):
        lines.pop()
    return _LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _is_hidden(attributes: str) -> bool:
    if not attributes:
        return False
    if _HIDDEN_ATTRIBUTE.search(attributes) and '"hidden' not in attributes.lower():
        return True
    style = _STYLE.search(attributes)
    return (
        style is not None and _HIDDEN.search(next(one for one in (*style.groups(), "") if one is not None)) is not None
    )


def html_text(html: str) -> str:
    """What a person would read in the HTML of an e-mail. Never raises; linear in the length."""
    html, writer = html[:MAX_HTML], _Writer()
    place, length = 0, len(html)
    while place < length:
        opened = html.find("<", place)
        if opened < 0:
            writer.text(html[place:])
            break
        if opened > place:
            writer.text(html[place:opened])
        if html.startswith("<!--", opened):
            closed = html.find("-->", opened + 4)
            place = length if closed < 0 else closed + 3
            continue
        found = _TAG.match(html, opened + 1)
        if found is None and html[opened + 1 : opened + 2] not in ("!", "?"):
            writer.text("<")
            place = opened + 1
            continue
        closed = _tag_end(html, opened + 1)
        if closed < 0:
            break
        place = closed + 1
        if found is None:
            continue
        name = found.group(2).lower()
        if found.group(1):
            writer.end(name)
            continue
        attributes = html[found.end() : min(closed, found.end() + 4000)]
        writer.begin(name, attributes)
        if name in _RAW:
            place = _raw_end(html, name, place)
            writer.end(name)
    return writer.finished()


def _tag_end(html: str, place: int) -> int:
    """Where a tag ends: the first `>` outside quotation marks, as far as they are closed within 4,000 characters."""
    closed = html.find(">", place)
    if closed < 0:
        return -1
    said = html[place : min(closed, place + 4000)]
    for mark in "\"'":
        if said.count(mark) % 2 and f"={mark}" in said:
            end = html.find(mark, closed, closed + 4000)
            after = html.find(">", end, end + 4000) if end >= 0 else -1
            return after if after >= 0 else closed
    return closed


def _raw_end(html: str, name: str, place: int) -> int:
    """Past the text of an element that holds no tags; an element never closed holds all the rest."""
    found = re.compile(rf"</{name}", re.IGNORECASE).search(html, place)
    if found is None:
        return len(html)
    closed = html.find(">", found.end())
    return len(html) if closed < 0 else closed + 1
