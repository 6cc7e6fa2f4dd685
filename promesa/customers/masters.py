"""Writing customers, their sites and people as sets: one statement a table, for one row or ten thousand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from promesa.access.queries import insist
from promesa.core import bulk, masters
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.masters import Faults, Field, Put, Row, Unusable, decimal, text, whole, yes_no
from promesa.core.verbs import verb
from promesa.customers.events import CustomerChanged

SEGMENTS = (
    Field("code", text(20, empty=False), "text", is_key=True),
    Field("name_es", text(60), "text", default="", is_needed=True),
    Field("name_en", text(60), "text", default="", is_needed=True),
    Field("tier", whole(least=1, most=99), "int", default=9),
)

_PERCENT = decimal(4, below="100.0001")
CUSTOMERS = (
    Field("number", text(40, empty=False), "text", is_key=True),
    Field("name", text(200, empty=False), "text", default="", is_needed=True),
    Field("tax_id", text(30), "text", default=""),
    Field("gln", masters.gln, "text", default=""),
    Field("email", text(254), "text", default=""),
    Field("phone", text(40), "text", default=""),
    Field("language", masters.one_of("es", "en"), "text", default="es"),
    Field("currency", masters.letters(3), "text", default="EUR"),
    Field("country", masters.country, "text", default="ES"),
    Field("segment", text(20), "bigint", column="segment_id"),
    Field("service_owner", text(150), "bigint", column="service_owner_id"),
    Field("payment_days", whole(most=365), "int", default=30),
    Field("credit_limit", decimal(2, below="1e15", optional=True), "numeric"),
    Field("invoice_from", masters.one_of("delivery", "despatch"), "text", default="delivery"),
    Field("early_days", whole(most=365), "int", default=1),
    Field("late_days", whole(most=365), "int", default=0),
    Field("under_percent", _PERCENT, "numeric", default=0),
    Field("over_percent", _PERCENT, "numeric", default=0),
    Field("one_delivery", yes_no, "boolean", default=False),
    Field("partial_deliveries", yes_no, "boolean", default=True),
    Field("substitutes", yes_no, "boolean", default=False),
    Field("price_tolerance_percent", _PERCENT, "numeric", default=0),
    Field("active_to", masters.optional_day, "date"),
)
# Read, never written: what the writer believes to change.
_VERSION = Field("version", whole(least=1, most=2_000_000_000), "int")
CREDIT_FIELDS = frozenset({"credit_limit", "payment_days", "invoice_from"})

_WINDOW = re.compile(r"([0-6])(?:-([0-6]))? ([0-2][0-9]:[0-5][0-9])-([0-2][0-9]:[0-5][0-9])")


def windows(value: Any) -> tuple[tuple[int, str, str], ...]:
    """Receiving windows: objects of weekday (0 is Monday), opens and closes; or text: `0-4 08:00-14:00; 5 09:00-12:00`."""
    found: list[tuple[int, str, str]] = []
    if isinstance(value, str):
        for part in filter(None, (part.strip() for part in value.split(";"))):
            match = _WINDOW.fullmatch(part)
            if match is None:
                raise Unusable("not_windows")
            first, last, opens, closes = match.groups()
            found += [(weekday, opens, closes) for weekday in range(int(first), int(last or first) + 1)]
    elif isinstance(value, list | tuple) and len(value) <= 70:
        for one in value:
            try:
                found.append((int(one["weekday"]), str(one["opens"])[:5], str(one["closes"])[:5]))
            except (TypeError, KeyError, ValueError):
                raise Unusable("not_windows") from None
    elif value is not None:
        raise Unusable("not_windows")
    for weekday, opens, closes in found:
        if not (0 <= weekday <= 6 and _is_time(opens) and _is_time(closes) and opens < closes):
            raise Unusable("not_windows")
    return tuple(found)


def _is_time(written: str) -> bool:
    try:
        time.fromisoformat(written)
    except ValueError:
        return False
    return len(written) == 5


SITES = (
    Field("customer", text(40, empty=False), "bigint", column="customer_id", is_key=True),
    Field("number", text(40, empty=False), "text", is_key=True),
    Field("name", text(200, empty=False), "text", default="", is_needed=True),
    Field("gln", masters.gln, "text", default=""),
    Field("street", text(200), "text", default=""),
    Field("postcode", text(20), "text", default=""),
    Field("city", text(100), "text", default=""),
    Field("region", text(100), "text", default=""),
    Field("country", masters.country, "text", default="ES"),
    Field("time_zone", masters.zone, "text", default="Europe/Madrid"),
    Field("calendar", text(40), "bigint", column="calendar_id"),
    Field("transit_days", whole(most=90), "int", default=1),
    Field("is_default", yes_no, "boolean", default=False),
    Field("active_to", masters.optional_day, "date"),
)
_WINDOWS = Field("windows", windows, "")

PEOPLE = (
    Field("customer", text(40, empty=False), "bigint", column="customer_id", is_key=True),
    Field("name", text(120, empty=False), "text", is_key=True),
    Field("position", text(80), "text", default=""),
    Field("email", text(254), "text", default=""),
    Field("phone", text(40), "text", default=""),
)


@verb
def put_segments(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change segments (code, name_es, name_en, tier; tier 1 is served first).

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_customer")
    faults = Faults()
    read = masters.read_rows(rows, SEGMENTS, faults)
    faults.settle(read, keep_good=keep_good)
    return _done(masters.upsert(table="customers_segment", fields=SEGMENTS, read=read), rows, faults)


@verb
def put_customers(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change customers, by number. Fields left out keep what is stored, or get their default.

    A row may carry the `version` that it means to change. The credit limit, the days to pay and what is invoiced need
    the right to change credit.

    :raises Invalid: with all faults, unless `keep_good`: then the good rows are written and the faults returned.
    :raises Stale: if a row's version is not the stored one.
    :raises NotAllowed: without the right.
    """
    if any(set(row) - CREDIT_FIELDS - {"number", "version"} for row in rows):
        insist(by, "change_customer")
    if any(CREDIT_FIELDS & set(row) for row in rows):
        insist(by, "change_credit")
    faults = Faults()
    read = masters.read_rows(rows, (*CUSTOMERS, _VERSION), faults)
    numbers = [clean["number"] for clean in read.values()]
    existing = {
        (number,): (id_, version)
        for id_, number, version in bulk.rows(
            "SELECT id, number, version FROM customers_customer WHERE number = ANY(%s) ORDER BY id FOR UPDATE",
            [numbers],
        )
    }
    masters.check_versions(read, existing, "number")
    masters.check_needed(read, CUSTOMERS, existing, faults)
    segments = masters.ids_of("customers_segment", "code", (clean.get("segment") for clean in read.values()))
    masters.replace_references(read, "segment", segments, faults, what="segment")
    owners = masters.ids_of("access_user", "username", (clean.get("service_owner") for clean in read.values()))
    masters.replace_references(read, "service_owner", owners, faults, what="user")
    glns = [clean["gln"] for clean in read.values() if clean.get("gln")]
    taken = dict(bulk.rows("SELECT gln, number FROM customers_customer WHERE gln = ANY(%s)", [glns])) if glns else {}
    masters.check_taken(read, "gln", taken, "number", faults)
    faults.settle(read, keep_good=keep_good)

    done = masters.upsert(table="customers_customer", fields=CUSTOMERS, read=read, versioned=True)
    ids = sorted(done.ids.values())
    bulk.run(
        """INSERT INTO customers_creditstanding (customer_id, receivable, delivered_not_invoiced, released_not_delivered,
           unapplied_credit) SELECT id, 0, 0, 0, 0 FROM unnest(%s::bigint[]) AS u(id) ON CONFLICT DO NOTHING""",
        [ids],
    )
    emit(
        *(
            CustomerChanged(customer_id=id_, what="changed" if key in existing else "created")
            for key, id_ in sorted(done.ids.items())
        ),
        by=by,
        at=at,
    )
    return _done(done, rows, faults)


@verb
def put_sites(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change sites, by the customer's number and the site's. `windows`, if given, replace the stored ones.

    The first site of a customer becomes the default one.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_customer")
    faults = Faults()
    read = masters.read_rows(rows, (*SITES, _WINDOWS), faults)
    _put_customer_ids(read, faults)
    calendars = _calendars(clean.get("calendar") for clean in read.values())
    masters.replace_references(read, "calendar", calendars, faults, what="calendar")
    customers = sorted({clean["customer"] for clean in read.values() if clean["customer"]})
    # The customers' rows are the lock under which their default site is chosen.
    bulk.run("SELECT 1 FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [customers])
    stored = bulk.rows(
        "SELECT customer_id, number, gln, is_default FROM customers_site WHERE customer_id = ANY(%s)", [customers]
    )
    existing = {(customer, number): True for customer, number, _, _ in stored}
    masters.check_needed(read, SITES, existing, faults)
    taken = {(customer, gln): number for customer, number, gln, _ in stored if gln}
    masters.check_taken(read, "gln", taken, "number", faults, scope="customer")
    faults.settle(read, keep_good=keep_good)

    _choose_defaults(read, {customer for customer, _, _, is_default in stored if is_default})
    done = masters.upsert(table="customers_site", fields=SITES, read=read)
    changed = {customer for customer, _ in done.ids} | _replace_windows(read)
    emit(*(CustomerChanged(customer_id=one, what="site") for one in sorted(changed)), by=by, at=at)
    return _done(done, rows, faults)


def _choose_defaults(read: dict[int, dict[str, Any]], have_one: set[int]) -> None:
    """One default site a customer: the last one named, or the first there is."""
    last = {clean["customer"]: place for place, clean in read.items() if clean.get("is_default")}
    for place, clean in read.items():
        customer = clean["customer"]
        if customer in last:
            clean["is_default"] = last[customer] == place
        elif customer not in have_one:
            clean["is_default"] = True
            have_one.add(customer)
    if last:
        chosen = [{"c": customer, "n": read[place]["number"]} for customer, place in last.items()]
        bulk.run(
            """UPDATE customers_site s SET is_default = false FROM json_to_recordset(%s::json) AS r(c bigint, n text)
               WHERE s.customer_id = r.c AND s.is_default AND s.number <> r.n""",
            [bulk.as_json(chosen)],
        )


def _replace_windows(read: dict[int, dict[str, Any]]) -> set[int]:
    """Put the windows that rows carry in the place of the stored ones; say whose really changed."""
    wanted = {(clean["customer"], clean["number"]): clean["windows"] for clean in read.values() if "windows" in clean}
    if not wanted:
        return set()
    places = bulk.as_json([{"c": customer, "n": number} for customer, number in wanted])
    found = bulk.rows(
        """SELECT s.id, s.customer_id, s.number, array(
               SELECT w.weekday || ' ' || to_char(w.opens, 'HH24:MI') || ' ' || to_char(w.closes, 'HH24:MI')
               FROM customers_receivingwindow w WHERE w.site_id = s.id ORDER BY 1)
           FROM customers_site s JOIN json_to_recordset(%s::json) AS r(c bigint, n text)
             ON s.customer_id = r.c AND s.number = r.n""",
        [places],
    )
    other = [
        (id_, customer, wanted[customer, number])
        for id_, customer, number, stored in found
        if sorted(" ".join(map(str, one)) for one in wanted[customer, number]) != stored
    ]
    if other:
        bulk.run("DELETE FROM customers_receivingwindow WHERE site_id = ANY(%s)", [[id_ for id_, _, _ in other]])
        bulk.run(
            """INSERT INTO customers_receivingwindow (site_id, weekday, opens, closes)
               SELECT s, w, o, c FROM json_to_recordset(%s::json) AS r(s bigint, w int, o time, c time)""",
            [bulk.as_json([{"s": id_, "w": w, "o": o, "c": c} for id_, _, all_ in other for w, o, c in all_])],
        )
    return {customer for _, customer, _ in other}


@verb
def put_people(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change the people of customers, by the customer's number and their name.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_customer")
    faults = Faults()
    read = masters.read_rows(rows, PEOPLE, faults)
    _put_customer_ids(read, faults)
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="customers_person", fields=PEOPLE, read=read)
    emit(
        *(CustomerChanged(customer_id=one, what="person") for one in sorted({key[0] for key in done.ids})), by=by, at=at
    )
    return _done(done, rows, faults)


def _put_customer_ids(read: dict[int, dict[str, Any]], faults: Faults) -> None:
    known = masters.ids_of("customers_customer", "number", (clean["customer"] for clean in read.values()))
    masters.replace_references(read, "customer", known, faults, what="customer")


def _calendars(codes: Iterable[str | None]) -> dict[str, int]:
    """The newest version of each calendar."""
    wanted = sorted({code for code in codes if code})
    found = bulk.rows("SELECT code, id FROM core_calendar WHERE code = ANY(%s) ORDER BY code, version", [wanted])
    return dict(found)


def _done(done: Put, rows: Sequence[Row], faults: Faults) -> Put:
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)
