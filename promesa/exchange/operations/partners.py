"""Who sends documents, and under which codes they name buyers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.db.models.functions import Now

from promesa.access.queries import insist
from promesa.core import bulk, masters, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.masters import Faults, Field, Put, Row, text
from promesa.core.verbs import verb
from promesa.exchange import formats
from promesa.exchange.channels.http import problem_of
from promesa.exchange.channels.secrets import is_name
from promesa.exchange.formats import Mapping
from promesa.exchange.models import Layout, MailAddress, OutgoingDocument, Partner, PartnerAnswer
from promesa.exchange.operations.addresses import open_address
from promesa.exchange.states import SendingState

PARTIES = (
    Field("code", text(60, empty=False), "text", is_key=True),
    Field("customer", text(40, empty=False), "bigint", column="customer_id", is_needed=True),
)


class MappingUnknown(Refused):
    """The mapping is none that the readers of tables understand."""


@verb
def put_parties(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Say which customer a code in documents stands for (cross-reference of parties).

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_item_code")
    faults = Faults()
    read = masters.read_rows(rows, PARTIES, faults)
    wanted = (clean["customer"] for clean in read.values() if clean.get("customer"))
    known = masters.ids_of("customers_customer", "number", wanted)
    masters.replace_references(read, "customer", known, faults, what="customer")
    stored = bulk.rows(
        "SELECT code FROM exchange_partycode WHERE code = ANY(%s)", [[one["code"] for one in read.values()]]
    )
    masters.check_needed(read, PARTIES, dict.fromkeys(stored, True), faults)
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="exchange_partycode", fields=PARTIES, read=read)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)


@verb
def put_partner(*, code: str, by: Actor, at: datetime, **values: Any) -> Partner:
    """Create or change a partner: name, identifier, our_identifier, customer_id, channel, mapping (how it writes tables),
    tolerance, acknowledges, cut_off, keys (where they are, as with secrets), active_to.

    :raises AnswerUnusable: if the tolerance, when its files are acknowledged, the cut-off or the place of its keys is none.
    :raises MappingUnknown: if the mapping is none that the readers of tables understand.
    """
    insist(by, "change_item_code")
    if values.get("mapping"):
        faults = Mapping.of(values["mapping"]).faults()
        if faults:
            raise MappingUnknown(problem=faults[0].sentence("es"))
    for name, known in (("tolerance", TOLERANCES), ("acknowledges", ACKNOWLEDGES)):
        if name in values and values[name] not in known:
            raise AnswerUnusable(
                problem=words.both("answer_bad_value", {"received": values[name], "right": ", ".join(known)})
            )
    if not is_name(values.get("keys", "")):
        raise AnswerUnusable(problem=words.both("answer_bad_secret", {"received": values["keys"]}))
    if isinstance(values.get("cut_off"), str):
        values["cut_off"] = _hour(values["cut_off"])
    partner, _ = Partner.objects.update_or_create(code=code[:40], defaults={"name": code[:120], **values})
    return partner


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise AnswerUnusable(problem=words.both("partner_bad_hour", {"received": text})) from None


ANSWER_KINDS = ("order_response", "despatch_advice", "invoice", "credit_note", "acknowledgement", "price_catalogue",
                "order", "sales_report")  # fmt: skip
CHANNELS = ("folder", "http", "webhook", "mail", "none")
TOLERANCES = ("hold_rest", "all_or_nothing")
ACKNOWLEDGES = ("never", "on_request", "always")


class AnswerUnusable(Refused):
    """A partner cannot be answered like that: the sentence says what would do."""

    status = 422


@verb
def set_answer(
    *,
    partner_code: str,
    kind: str,
    format_: str,
    channel: str,
    by: Actor,
    at: datetime,
    address: str = "",
    acknowledge_minutes: int | None = None,
    secret: str = "",
) -> PartnerAnswer:
    """Say what documents of one kind a partner gets, how, and how soon (minutes) it says that it has them. What waits to be
    sent goes there too, at its next try, even if the address was gone before.

    `secret` names where secrets are (`env:PROMESA_PARTNER_X`, `file:NAME`), never the secrets themselves.

    :raises NotFound: if there is no such partner.
    :raises AnswerUnusable: if the format, channel, address or secret will not do.
    """
    insist(by, "change_item_code")
    partner = Partner.objects.filter(code=partner_code).first()
    if partner is None:
        raise NotFound(what=partner_code)
    _check_answer(kind, format_, channel, address, secret, acknowledge_minutes)
    values = {
        "format": format_, "channel": channel, "address": address, "acknowledge_minutes": acknowledge_minutes,
        "secret": " ".join(secret.split()), "active": True,
    }  # fmt: skip
    answer, made = PartnerAnswer.objects.get_or_create(partner=partner, kind=kind, defaults=values)
    if not made:
        since = answer.since if answer.active else Now()
        PartnerAnswer.objects.filter(pk=answer.pk).update(**values, since=since)
        waiting = OutgoingDocument.objects.filter(partner=partner, kind=kind, state=SendingState.TO_SEND)
        waiting.filter(sha256="").update(format=format_)  # the bytes of the others are what they are
        waiting.update(**{name: values[name] for name in ("channel", "address", "secret", "acknowledge_minutes")})
    open_address(address=address)
    answer.refresh_from_db()
    return answer


@verb
def drop_answer(*, partner_code: str, kind: str, by: Actor, at: datetime) -> None:
    """Send a partner no documents of one kind any more.

    :raises NotFound: if it gets none.
    """
    insist(by, "change_item_code")
    changed = PartnerAnswer.objects.filter(partner__code=partner_code, kind=kind, active=True).update(active=False)
    if not changed:
        raise NotFound(what=f"{partner_code} {kind}")


@verb
def drop_mail_address(*, partner_code: str, address: str, by: Actor, at: datetime) -> None:
    """Forget that a partner writes from an address: its mails wait for a person from then on.

    :raises NotFound: if it does not.
    """
    insist(by, "change_item_code")
    gone, _ = MailAddress.objects.filter(partner__code=partner_code, address=address.strip().lower()).delete()
    if not gone:
        raise NotFound(what=f"{partner_code} {address}")


@verb
def use_layout(*, partner_code: str, layout_id: int, active: bool, by: Actor, at: datetime) -> None:
    """Put a learnt layout of a partner's papers out of use, or into use again; what was read by it stays read.

    :raises NotFound: if the partner has no such layout.
    """
    insist(by, "change_item_code")
    if not Layout.objects.filter(partner__code=partner_code, pk=layout_id).update(active=active):
        raise NotFound(what=f"{partner_code} layout {layout_id}")


def _check_answer(kind: str, format_: str, channel: str, address: str, secret: str, minutes: int | None) -> None:
    if kind not in ANSWER_KINDS:
        raise AnswerUnusable(
            problem=words.both("answer_bad_kind", {"received": kind, "right": ", ".join(ANSWER_KINDS)})
        )
    if channel not in CHANNELS:
        raise AnswerUnusable(
            problem=words.both("answer_bad_channel", {"received": channel, "right": ", ".join(CHANNELS)})
        )
    if not formats.can_write(kind, format_=format_):
        raise AnswerUnusable(
            problem=words.both("answer_bad_format", {"received": format_, "kind": words.both("kind_" + kind)})
        )
    if channel in ("http", "webhook"):
        wrong = problem_of(address)
        if wrong is not None:
            raise AnswerUnusable(problem=words.both(wrong.code, wrong.params))
    if channel == "mail" and "@" not in address:
        raise AnswerUnusable(problem=words.both("answer_bad_mail", {"received": address}))
    if not is_name(secret) or (channel == "webhook" and not secret.split()):
        raise AnswerUnusable(problem=words.both("answer_bad_secret", {"received": secret or "—"}))
    if minutes is not None and not 1 <= minutes <= 60 * 24 * 90:
        raise AnswerUnusable(problem=words.both("answer_bad_minutes", {"received": minutes}))
