"""What goes out, and who it goes to."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from promesa.core import words
from promesa.exchange.models import OutgoingDocument, Partner, PartnerAnswer, SendingAttempt


def outgoing(
    *, state: str = "", partner: str = "", kind: str = "", order_id: int | None = None, text: str = ""
) -> QuerySet[OutgoingDocument]:
    """Documents to other sides, the newest first, with their partner, order and customer."""
    found = OutgoingDocument.objects.select_related("partner", "order", "customer").defer("neutral").order_by("-id")
    if state:
        found = found.filter(state=state)
    if partner:
        found = found.filter(partner__code=partner)
    if kind:
        found = found.filter(kind=kind)
    if order_id is not None:
        found = found.filter(order_id=order_id)
    if text:
        found = found.filter(number__icontains=text)
    return found


def outgoing_page(*, outgoing_id: int) -> OutgoingDocument | None:
    """One document with every try to bring it and what answers it."""
    tries = Prefetch("tries", SendingAttempt.objects.order_by("number"))
    found = OutgoingDocument.objects.select_related("partner", "order", "customer", "acknowledgement")
    return found.prefetch_related(tries).filter(pk=outgoing_id).first()


def error_sentence(row: OutgoingDocument | SendingAttempt, lang: str = "es") -> str:
    """Why the last try (or this one) did not get there; empty if it did."""
    said: dict[str, Any] = row.last_error if isinstance(row, OutgoingDocument) else row.error
    return words.say(said["code"], said.get("params"), lang) if said.get("code") else ""


def partners() -> QuerySet[Partner]:
    """Those we exchange documents with, by code, with what they are answered."""
    answers = Prefetch("answers", PartnerAnswer.objects.filter(active=True).order_by("kind"))
    return Partner.objects.select_related("customer").prefetch_related(answers).order_by("code")


def partner(*, code: str) -> Partner | None:
    """One of them."""
    return partners().filter(code=code).first()
