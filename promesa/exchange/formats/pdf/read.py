"""Read an order from its pages: what it says it is, its header, its lines and totals, and where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.neutral import Fault, NeutralDocument, fault, unreadable
from promesa.exchange.formats.pdf import build, header, prose, template, vocabulary
from promesa.exchange.formats.pdf.build import Draft
from promesa.exchange.formats.pdf.fields import Labels
from promesa.exchange.formats.pdf.kind import Title, beginning, title_of
from promesa.exchange.formats.pdf.lines import lines_of
from promesa.exchange.formats.pdf.page import Page, as_it_lies, rounded
from promesa.exchange.formats.pdf.parties import find_parties
from promesa.exchange.formats.pdf.table import Table, find_table, is_anchor
from promesa.exchange.formats.pdf.totals import find_totals
from promesa.exchange.formats.pdf.values import customs_of

THRESHOLD = 0.80
MAX_WORDS = 60_000
_OF_PAGES = re.compile(
    r"\b(?:page|p[aá]gina|p[aá]g\.?|hoja)\s*:?\s*[0-9]{1,3}\s*(?:of|de|/)\s*([0-9]{1,3})\b", re.IGNORECASE
)
_ORDER_WORDS = "pedido, orden de compra, purchase order"
# Below the threshold these stop an order; other fields are only remarked on.
_ONLY_REMARKED = (
    "text",
    "phone",
    "email",
    "contact",
    "street",
    "city",
    "region",
    "country",
    "postcode",
    "terms",
    "notes",
)


def read_pages(
    pages: Sequence[Page],
    *,
    syntax: str,
    templates: Sequence[Mapping[str, Any]] = (),
    threshold: float = THRESHOLD,
    faults: Sequence[Fault] = (),
) -> NeutralDocument:
    """One order from the words of its pages. What is less sure than `threshold` (of 1) gets a blocking fault."""
    pages = [page.settle() for page in pages]
    if not any(page.words for page in pages):
        return unreadable(syntax, *faults, *(() if faults else (fault("nothing_on_page"),)))
    layout = template.fitting(pages, templates)
    texts = [phrase.text for page in pages for row in page.rows for phrase in row.phrases]
    customs = customs_of(texts, decimal=layout.decimal, date_order=layout.date_order, currency=layout.currency)
    draft = Draft(customs, scanned=any(page.scanned for page in pages))
    draft.faults += faults
    if layout.name:
        draft.add("read_by_template", received=layout.name)
    labels = Labels(pages)
    title = title_of(pages)
    table = layout.table or find_table(pages)
    told = prose.told(pages, table.tops if table else {})
    _header(draft, pages, labels, title, table, layout, told)
    if table is not None:
        _lines(draft, pages, table)
    _shared_day(draft)
    _wanted(draft, pages, table)
    kind = _kind(draft, pages, labels, title, table, told)
    if kind != "not_an_order":
        _missing(draft, table)
        _doubts(draft, threshold)
    _lay_back(draft, pages)
    return _document(draft, kind, syntax)


def _shared_day(draft: Draft) -> None:
    """One day of delivery that all lines say is the order's."""
    wanted = [line.requested for line in draft.lines]
    if (
        wanted
        and wanted[0] is not None
        and draft.said.get("requested") is None
        and all(one == wanted[0] for one in wanted)
    ):
        draft.said["requested"] = wanted[0]
        draft.places["requested"] = draft.places["lines.1.requested"]
        for line in draft.lines:
            line.requested = None


def _wanted(draft: Draft, pages: Sequence[Page], table: Table | None) -> None:
    """The day of delivery that a sentence tells, where no label and no line does."""
    if draft.said.get("requested") is not None or any(line.requested for line in draft.lines):
        return
    if "requested" in draft.named:  # a label says it in two ways
        return
    # What only stands under the table, to the end of the page, belongs to its rows and not to its lines.
    rows = [row.row for row in table.rows if is_anchor(row, table.fields)] if table else []
    wish, words = prose.wanted(pages, rows, draft.said.get("issued_on"))
    if wish is None:
        return
    page = words[0].page if words else pages[0].number
    said = wish.fault(where=build.where("requested", page))
    draft.faults += [said] if said is not None else []
    if wish.window is not None:
        draft.said["requested"] = wish.window
        draft.put("requested", words, prose.CERTAINTY * min(word.confidence for word in words), wish.words)


def _lay_back(draft: Draft, pages: Sequence[Page]) -> None:
    """Places as they lie on the page that came, where it was set straight for reading."""
    turned = {page.number: page for page in pages if page.turn or page.quarters}
    for place in draft.places.values():
        page = turned.get(place["page"])
        if page is not None:
            box = as_it_lies(page, [float(one) for one in place["box"]])
            place["box"] = [rounded(min(max(one, 0.0), 1.0)) for one in box]


def _header(
    draft: Draft,
    pages: Sequence[Page],
    labels: Labels,
    title: Title | None,
    table: Table | None,
    layout: template.Layout,
    told: prose.Told,
) -> None:
    tops = table.tops if table else {}
    number = header.number_of(labels, title, tops)
    number = prose.surer(number, told.number)
    build.put_value(draft, "number", layout.values.get("number") or number)
    told_on = (
        told.day if told.number is not None and draft.said.get("number") == told.number.text.strip(" .:,;") else None
    )
    issued = layout.values.get("issued_on") or header.issued_on(labels, tops) or told_on
    issued = issued or header.lone_day(pages, labels, tops)
    draft.said["issued_on"] = build.put_day(draft, "issued_on", issued)
    wanted = layout.values.get("requested")
    draft.said["requested"] = build.put_requested(draft, [wanted] if wanted else header.requested(labels, tops))
    build.put_currency(draft, layout.values.get("currency") or header.currency(labels))
    parties = find_parties(pages, labels, tops)
    template.put_parties(parties, layout)
    build.put_parties(draft, parties)
    for name in header.REFERENCES:
        value = header.reference(labels, name)
        if value is not None and value.text != draft.said.get("number"):
            draft.references[name] = value.text.strip(" .:")
    terms = header.text_value(labels, "terms")
    if terms is not None:
        build.put_value(draft, "terms", terms)
    _pages_there(draft, pages)
    draft.said["notes"] = tuple(note.text for note in header.notes(labels))


def _pages_there(draft: Draft, pages: Sequence[Page]) -> None:
    """Whether a page says that there are more than came: `Page 1 of 3`."""
    for page in pages:
        for row in page.rows:
            match = _OF_PAGES.search(row.text)
            if match and len(pages) < int(match.group(1)) <= 200:
                draft.add("pages_missing", received=len(pages), right=match.group(1), where=f"p. {page.number}")
                return


def _lines(draft: Draft, pages: Sequence[Page], table: Table) -> None:
    names = [party.name for party in draft.parties.values() if party.name]
    raw = lines_of(table, names)
    bottoms: dict[int, float] = {heading.page: heading.bottom for heading in table.headings}
    for line in raw:
        bottoms[line.page] = max(
            bottoms.get(line.page, 0.0), max(word.y1 for cell in line.cells.values() for word in cell.words) - 0.001
        )
    for page in table.assumed:
        draft.add("lines_after_gap", received=page)
    build.put_lines(draft, raw, find_totals(pages, bottoms))


def _kind(
    draft: Draft, pages: Sequence[Page], labels: Labels, title: Title | None, table: Table | None, told: prose.Told
) -> str:
    """What the document is; when it is no order, the words that say so are in a fault."""
    if title is not None and title.is_order:
        if title.kind != vocabulary.ORDER:
            return title.kind
        return "order"
    if title is not None:
        draft.faults = [one for one in draft.faults if one.severity != "blocking"]
        spanish, _, english = title.kind.partition("|")
        draft.add(
            "says_no_order", received=title.phrase.text, what=spanish, what_en=english, right=_ORDER_WORDS,
            where=f"p. {title.phrase.page}",
        )  # fmt: skip
        return "not_an_order"
    numbered = told.number is not None or any(label.field == "number" and label.marked for label in labels.found)
    sells = any(label.field in ("seller", "ship_to") for label in labels.found)
    if table is not None and draft.lines and (numbered or (draft.said.get("number") and sells)):
        return "order"
    draft.faults = [one for one in draft.faults if one.severity != "blocking"]
    draft.add("nothing_says_order", received=beginning(pages), right=_ORDER_WORDS)
    return "not_an_order"


def _missing(draft: Draft, table: Table | None) -> None:
    if not draft.said.get("number"):
        draft.add("number_missing")
    elif len(draft.said["number"]) > build.MAX_NUMBER:
        draft.add("value_too_long", received=draft.said["number"], right=build.MAX_NUMBER, limit=build.MAX_NUMBER)
    if "buyer" not in draft.parties:
        draft.add("buyer_missing")
    if table is None:
        draft.add("table_not_found", right="Código | Descripción | Cantidad | Precio | Importe")
    elif not draft.lines:
        draft.add("no_lines")


def _doubts(draft: Draft, threshold: float) -> None:
    """A blocking fault for every field that is less sure than asked for, unless one says so already."""
    for key, place in draft.places.items():
        if key in draft.named or place["confidence"] >= Decimal(str(threshold)):
            continue
        name = key.rsplit(".", 1)[-1]
        line = next(
            (str(draft.lines[int(part) - 1].line_number) for part in key.split(".")[1:2] if key.startswith("lines.")),
            None,
        )
        draft.add(
            "low_confidence", received=draft.texts.get(key, ""), right=str(threshold), field=key, confidence=str(place["confidence"]),
            page=place["page"], where=build.where(key, place["page"]), line=line,
            severity="warning" if name in _ONLY_REMARKED or key.startswith("totals.") else None,
        )  # fmt: skip


def _document(draft: Draft, kind: str, syntax: str) -> NeutralDocument:
    said = draft.said
    return NeutralDocument(
        format=f"{syntax}-order" if kind.startswith("order") else syntax,
        kind=kind,
        number=said.get("number"),
        issued_on=said.get("issued_on"),
        currency=said.get("currency"),
        parties=draft.parties,
        requested=said.get("requested"),
        references=draft.references,
        lines=tuple(draft.lines),
        totals=said.get("totals", {}),
        notes=said.get("notes", ()),
        terms=said.get("terms"),
        allowances=said.get("allowances", ()),
        taxes=said.get("taxes", ()),
        places=draft.places,
        faults=tuple(draft.faults),
    )
