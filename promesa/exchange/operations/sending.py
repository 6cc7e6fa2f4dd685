"""Bringing documents to the other side: claim, write the bytes, bring them, say what became of it.

Nothing is locked while bytes travel. A sender that dies between bringing and saying so leaves a document that is brought
again when its time is over: the same bytes under the same name and id, so that the other side can tell.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from promesa.allocation.operations.notices_told import record_notices_told
from promesa.core import bulk, parameters, store, words
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange import channels, formats
from promesa.exchange.channels import Brought, NotBrought, Parcel
from promesa.exchange.channels.folders import safe
from promesa.exchange.events import OutgoingAcknowledged, OutgoingFailed, OutgoingSent
from promesa.exchange.operations.addresses import BUSY, GONE, refusing_addresses
from promesa.exchange.rules import revived
from promesa.orders import operations as orders
from promesa.orders.states import TellingBy
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
TRIES = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
# Channels that bring a document without waiting for anybody: many at a time.
NEAR, AT_ONCE = ("folder", "none"), 100
# Faults that the next document for the same server would meet too.
UNREACHED = frozenset({"http_unreachable", "http_too_slow", "http_certificate"})
NO_MAIL = frozenset({"mail_not_set_up", "mail_server_unreachable", "mail_server_unproven", "mail_login_refused",
                     "mail_secret_missing"})  # fmt: skip
LETTER = "plan_notice"
TOLD_BY = {"mail": TellingBy.EMAIL}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A document that is ours to bring until its time is over."""

    id: int
    partner: str
    language: str
    order_id: int | None
    kind: str
    subject: str
    number: str
    reference: str
    format: str
    channel: str
    address: str
    secret: str
    neutral: str
    sha256: str
    name: str
    content_type: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one try."""

    claimed: Claimed
    brought: Brought | None
    fault: NotBrought | None = None


def send_due(*, by: Actor, at: datetime, limit: int = 10_000, seconds: float = math.inf) -> int:
    """Bring every document whose time has come to the other side; returns how many got there. `at` is when it begins; what has
    not begun after so many `seconds` waits for the next time.

    An address that cannot be reached is not asked again for the rest: its other documents wait, and no other partner's wait
    behind it. One that is gone is not asked until somebody sends there again, one that asks us to wait not before.
    Called outside transactions. Two senders at once share the work.
    """
    count = tried = 0
    began, silent = time.monotonic(), Silent(refusing_addresses(at=at))
    for near in (True, False):
        while tried < limit and (passed := time.monotonic() - began) < seconds:
            # A long run goes on in the present: a signature bears the minute of its try, a lease begins with it.
            now = at + timedelta(minutes=passed // 60)
            claimed = claim(near=near, by=by, at=now, silent=silent)
            if not claimed:
                break
            tried += len(claimed)
            results = [_bring(one, now) for one in begin(claimed=claimed, by=by, at=now)]
            count += settle_tries(results=results, by=by, at=now)
            for one in results:
                silent.note(one)
    return count


@dataclass(slots=True)
class Silent:
    """Whom a run found that cannot be reached, or will take nothing: addresses of servers, and the way of the mail as a whole."""

    addresses: set[str] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)

    def note(self, one: Sent) -> None:
        """Remember who did not answer; a server that answers, whatever it says, is there."""
        code = one.fault.code if one.fault is not None else ""
        if code in UNREACHED or code in (GONE, BUSY):
            self.addresses.add(one.claimed.address)
        if code in NO_MAIL:
            self.channels.add(one.claimed.channel)


_CLAIM = """
WITH due AS (  -- a mere subquery may be run more than once, and claim more than its limit
    SELECT id, partner_id FROM exchange_outgoingdocument
    WHERE state = 'to_send' AND (next_try_at IS NULL OR next_try_at <= %(at)s) AND (channel = ANY(%(near)s)) = %(is_near)s
      AND NOT channel = ANY(%(channels)s::text[]) AND (channel = ANY(%(near)s) OR NOT address = ANY(%(addresses)s::text[]))
    ORDER BY next_try_at NULLS FIRST, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE exchange_outgoingdocument d SET attempts = d.attempts + 1, next_try_at = %(until)s
FROM due LEFT JOIN exchange_partner p ON p.id = due.partner_id
WHERE d.id = due.id
RETURNING d.id, coalesce(p.code, (SELECT c.name FROM customers_customer c WHERE c.id = d.customer_id)),
    coalesce((SELECT c.language FROM customers_customer c WHERE c.id = d.customer_id), 'es'), d.order_id,
    d.kind, d.subject, d.number, d.reference, d.format, d.channel, d.address, d.secret, d.neutral::text, d.sha256, d.name,
    d.content_type, d.attempts
"""


@verb
def claim(*, near: bool, by: Actor, at: datetime, silent: Silent | None = None) -> list[Claimed]:
    """Take documents whose time has come, so that no other sender takes them until the lease is over."""
    silent = silent or Silent()
    rows = bulk.rows(
        _CLAIM,
        {"at": at, "until": at + LEASE, "near": list(NEAR), "is_near": near, "limit": AT_ONCE if near else 1,
         "addresses": sorted(silent.addresses), "channels": sorted(silent.channels)},
    )  # fmt: skip
    return [bulk.made(Claimed, *row) for row in sorted(rows)]


def begin(*, claimed: Sequence[Claimed], by: Actor, at: datetime) -> list[Claimed | Sent]:
    """Write the bytes of those that have none, keep them, and note each try before it is made."""
    here = at.astimezone(ZoneInfo(parameters.company_zone(on=at.date())))
    ready: list[Claimed | Sent] = [_written(one, here) for one in claimed]
    _note_tries(tries=[one for one in ready if isinstance(one, Claimed)], by=by, at=at)
    return ready


def _written(one: Claimed, at: datetime) -> Claimed | Sent:
    """The document with its bytes on the disk; or why they could not be written."""
    if one.sha256:
        return one
    try:
        written = formats.write(revived(json.loads(one.neutral)), format_=one.format, prepared_at=at)
    except formats.CannotWrite as problem:
        fault = NotBrought(
            "sending_unwritable", for_good=True, format=one.format, problem=str(problem).rstrip(".")[:200]
        )
        return Sent(one, None, fault)
    except Exception as error:
        log.exception("outgoing %s could not be written", one.id)
        return Sent(one, None, NotBrought("sending_defect", for_good=True, problem=type(error).__name__))
    name = f"{safe(one.kind)}-{safe(one.number)}-{one.reference}.{written.extension}"[-120:]
    sha256 = store.keep(written.content)
    return Claimed(
        one.id, one.partner, one.language, one.order_id, one.kind, one.subject, one.number, one.reference, one.format,
        one.channel, one.address, one.secret, one.neutral, sha256, name, written.content_type, one.attempts,
    )  # fmt: skip


@verb
def _note_tries(*, tries: Sequence[Claimed], by: Actor, at: datetime) -> None:
    if not tries:
        return
    records = [
        {"id": one.id, "n": one.attempts, "sha": one.sha256, "name": one.name, "type": one.content_type,
         "size": store.place_of(one.sha256).stat().st_size}
        for one in tries
    ]  # fmt: skip
    bulk.run(
        """WITH t AS (SELECT * FROM json_to_recordset(%s::json) AS t(id bigint, n int, sha text, name text, type text, size bigint)
           ), d AS (
               UPDATE exchange_outgoingdocument d SET sha256 = t.sha, name = t.name, content_type = t.type, size = t.size
               FROM t WHERE d.id = t.id AND d.sha256 = ''
           )
           INSERT INTO exchange_sendingattempt (outgoing_id, number, sha256, began_at, error, message_id, actor)
           SELECT id, n, sha, %s, '{}', '', %s FROM t ORDER BY id""",
        [bulk.as_json(records), at, by],
    )


def _bring(one: Claimed | Sent, at: datetime) -> Sent:
    if isinstance(one, Sent):
        return one
    parcel = Parcel(
        content=store.load(one.sha256), name=one.name, content_type=one.content_type, message_id=f"promesa-{one.reference}",
        partner=one.partner, address=one.address, secret=one.secret, kind=one.kind, number=one.number, language=one.language,
    )  # fmt: skip
    try:
        return Sent(one, channels.bring(parcel, channel=one.channel, at=at))
    except NotBrought as fault:
        return Sent(one, None, fault)
    except Exception as error:
        log.exception("outgoing %s could not be brought", one.id)
        return Sent(one, None, NotBrought("sending_defect", problem=type(error).__name__))


# --- What became of it ---------------------------------------------------------------------------------------------

_SETTLE = """
WITH t AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS t(id bigint, n int, state text, error jsonb, message text, next timestamptz)
), tries AS (
    UPDATE exchange_sendingattempt a SET ended_at = %(at)s, delivered = t.state NOT IN ('to_send', 'failed'), error = t.error,
        message_id = t.message
    FROM t WHERE a.outgoing_id = t.id AND a.number = t.n
)
UPDATE exchange_outgoingdocument d SET
    state = CASE WHEN t.state IN ('to_send', 'failed') AND d.state <> 'to_send' THEN d.state
                 WHEN d.state IN ('acknowledged', 'refused') THEN d.state ELSE t.state END,
    last_error = t.error, next_try_at = CASE WHEN t.state = 'to_send' THEN t.next END,
    message_id = CASE WHEN t.message = '' THEN d.message_id ELSE t.message END,
    sent_at = CASE WHEN t.state IN ('sent', 'acknowledged') THEN coalesce(d.sent_at, %(at)s) ELSE d.sent_at END,
    acknowledged_at = CASE WHEN t.state = 'acknowledged' THEN coalesce(d.acknowledged_at, %(at)s) ELSE d.acknowledged_at END,
    acknowledged_how = CASE WHEN t.state = 'acknowledged' AND d.acknowledged_how = '' THEN 'transport' ELSE d.acknowledged_how END,
    acknowledge_by = CASE WHEN t.state = 'sent' AND d.acknowledge_minutes IS NOT NULL
        THEN %(at)s::timestamptz + d.acknowledge_minutes * interval '1 minute' ELSE d.acknowledge_by END
FROM t WHERE d.id = t.id RETURNING d.id, d.state
"""


@verb
def settle_tries(*, results: Sequence[Sent], by: Actor, at: datetime) -> int:
    """Say what became of tries; returns how many documents got there.

    A customer counts as told of its promises when the response with those in force got there. A document that did not is
    tried again later and later; after the last try, or when another try would change nothing, a person gets it.
    """
    rows = [_result(one, at) for one in results]
    bulk.rows(_SETTLE, {"rows": bulk.as_json(rows), "at": at})
    there = [one.claimed for one in results if one.brought is not None and not one.brought.kept]
    _tell(results, rows, by, at)
    if there:
        tell_promises(outgoing_ids=[one.id for one in there], by=by, at=at)
        tell_notices(subjects=[one.subject for one in there if one.kind == LETTER], by=by, at=at)
        close_items(keys=[f"outgoing-failed:{one.id}" for one in there], by=by, at=at)
    lost = [one for one, row in zip(results, rows, strict=True) if row["state"] == "failed"]
    open_items(items=[_work(one) for one in lost], by=by, at=at)
    return sum(one.brought is not None for one in results)


def _result(one: Sent, at: datetime) -> dict[str, Any]:
    said: dict[str, Any] = {"id": one.claimed.id, "n": one.claimed.attempts, "error": {}, "message": "", "next": None}
    if one.brought is not None:
        state = "kept" if one.brought.kept else "acknowledged" if one.brought.acknowledged else "sent"
        return said | {"state": state, "message": one.brought.message_id[:200]}
    assert one.fault is not None
    said["error"] = {"code": one.fault.code, "params": words.plain(one.fault.params)}
    if one.fault.for_good or one.claimed.attempts >= TRIES:
        return said | {"state": "failed"}
    asked = min(timedelta(seconds=one.fault.wait), LONGEST_WAIT)
    if asked:
        said["error"]["params"]["retry_at"] = (at + asked).isoformat()
    return said | {"state": "to_send", "next": at + max(wait_after(one.claimed.attempts), asked)}


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries in vain: twice as long each time."""
    return min(FIRST_WAIT * (1 << min(max(attempts - 1, 0), 20)), LONGEST_WAIT)


def _tell(results: Sequence[Sent], rows: Sequence[dict[str, Any]], by: Actor, at: datetime) -> None:
    told: list[Any] = []
    for result, row in zip(results, rows, strict=True):
        one = result.claimed
        about = (one.id, one.kind, one.subject, one.number)
        if row["state"] in ("sent", "acknowledged"):
            told.append(OutgoingSent(*about, one.channel, one.attempts))
        if row["state"] == "acknowledged":
            told.append(OutgoingAcknowledged(*about, "transport"))
        if row["state"] == "failed":
            told.append(OutgoingFailed(*about, row["error"]["code"], one.attempts))
    emit(*told, by=by, at=at)


def _work(one: Sent) -> WorkDraft:
    fault = one.fault
    assert fault is not None
    problem = words.both(fault.code, fault.params)
    return WorkDraft(
        kind="outgoing_failed", subject=f"outgoing:{one.claimed.id}", key=f"outgoing-failed:{one.claimed.id}",
        role="back_office", code="work_outgoing_failed",
        params={"kind": words.both("kind_" + one.claimed.kind), "number": one.claimed.number, "partner": one.claimed.partner,
                "problem": problem},
    )  # fmt: skip


_TOLD = """
SELECT d.channel, array_agg(d.order_id) FROM exchange_outgoingdocument d
WHERE d.id = ANY(%s::bigint[]) AND d.kind = 'order_response' AND d.order_id IS NOT NULL AND d.basis = (
    SELECT jsonb_object_agg(l.line_number::text, l.promise_sequence) FROM orders_orderline l WHERE l.order_id = d.order_id)
GROUP BY d.channel
"""


def tell_promises(*, outgoing_ids: Sequence[int], by: Actor, at: datetime) -> None:
    """The customers know the promises that these responses tell of, if they are still those in force."""
    for channel, order_ids in bulk.rows(_TOLD, [list(outgoing_ids)]):
        orders.record_told(order_ids=order_ids, how=TOLD_BY.get(channel, TellingBy.DOCUMENT), by=by, at=at)


def tell_notices(*, subjects: Sequence[str], by: Actor, at: datetime) -> None:
    """The customers know of the notices (`notice:4`) whose letters got there."""
    ids = [int(one.partition(":")[2]) for one in subjects]
    record_notices_told(notice_ids=ids, how="email", by=by, at=at)
