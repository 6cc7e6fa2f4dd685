"""What may be answered by itself, to whom, and which thread a message belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from promesa.exchange.formats.neutral import NeutralDocument

# At most so many automatic answers to one address in a day, and so many messages of any kind in an hour.
ANSWERS_A_DAY = 1
MESSAGES_AN_HOUR = 60
NEVER_ANSWERED = frozenset({"auto_reply", "bounce", "delay"})
_NOBODY = re.compile(
    r"^(?:no-?reply|do-?not-?reply|no-?responder|noresponder|mailer-daemon|postmaster|bounces?|owner-.*|.*-request|.*-bounces?|listserv|majordomo)(?:[+-][^@]*)?@",
    re.IGNORECASE,
)


def why_not_answered(
    mail: Mapping[str, Any], *, ours: Sequence[str], answered_today: int, return_path: str | None = None
) -> str:
    """Why a message gets no automatic answer (RFC 3834, 2), as the code of a sentence; empty when it may get one.

    `mail` is what the reader said of it, `ours` are our own addresses, `answered_today` counts automatic answers that its
    writer got within a day, `return_path` is the envelope's sender when known (`<>` says: never answer).
    """
    address = address_of(mail)
    if mail.get("nature") in NEVER_ANSWERED:
        return "mail_answer_automatic"
    if mail.get("bulk"):
        return "mail_answer_bulk"
    if not address or return_path in ("", "<>") or _NOBODY.match(address):
        return "mail_answer_nobody"
    if address in {one.lower() for one in ours}:
        return "mail_answer_ourselves"
    if answered_today >= ANSWERS_A_DAY:
        return "mail_answer_enough"
    return ""


def address_of(mail: Mapping[str, Any]) -> str:
    """Who says to have written a message, in small letters."""
    sender = mail.get("from") or {}
    return str(sender.get("address", "")).lower()[:200]


def citations(mail: Mapping[str, Any]) -> list[str]:
    """The messages that a message answers, the oldest first and the nearest last (RFC 5322, 3.6.4)."""
    return list(dict.fromkeys([*mail.get("references", ()), *mail.get("in_reply_to", ())]))


def answers_to(document: NeutralDocument) -> str:
    """The Message-ID of the message of ours that a report of delivery is about; empty if it names none."""
    return str((document.mail.get("report") or {}).get("message_id", ""))


def bounce_reason(document: NeutralDocument) -> str:
    """What a report of delivery says went wrong: for whom, the status, the words."""
    recipients = (document.mail.get("report") or {}).get("recipients") or [{}]
    first = recipients[0]
    return " ".join(filter(None, [first.get("address"), first.get("status"), first.get("reason")]))[:300]
