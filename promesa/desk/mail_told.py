"""E-mails in words: what kind of message it is, its thread, and what each attachment became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, pgettext

from promesa.desk import intake_told
from promesa.desk.queries.intake import Came
from promesa.exchange.queries.beside import InThread

ALONE = 1  # a thread of one message is none


def nature_word(nature: str) -> str:
    """What kind of message it is."""
    return {
        "new": pgettext("mail", "New message"),
        "reply": pgettext("mail", "Reply"),
        "forward": pgettext("mail", "Forwarded"),
        "auto_reply": pgettext("mail", "Automatic answer"),
        "bounce": pgettext("mail", "Our mail did not arrive"),
        "delay": pgettext("mail", "Our mail is delayed"),
    }.get(nature, nature)


def mail(
    read: Mapping[str, Any], *, documents: Sequence[Came], thread: Sequence[InThread], own: int, lang: str
) -> dict[str, Any]:
    """The mail of a document: `documents` are those of its file, `own` is the id of the mail among them."""
    others = [one for one in documents if one.id != own]
    attachments = [_attachment(one, others, lang) for one in read.get("attachments", ())]
    return {
        "nature": nature_word(str(read.get("nature") or "new")),
        "bulk": bool(read.get("bulk")),
        "from": _person(read.get("from") or {}),
        "to": [_person(one) for one in (*read.get("to", ()), *read.get("cc", ()))][:12],
        "subject": str(read.get("subject") or "") or gettext("without subject"),
        "text": str(read.get("text_new") or ""),
        "forwarded": str(read.get("text_forwarded") or ""),
        "attachments": attachments,
        "others": [_became(one, lang) for one in others],  # what no attachment took: written in the text, or one of several
        "thread": _thread(thread, own) if len(thread) > ALONE else [],
        "orders": [str(one) for one in read.get("orders_mentioned", ())][:20],
    }  # fmt: skip


def _person(one: Mapping[str, Any]) -> str:
    name, address = str(one.get("name") or ""), str(one.get("address") or "")
    return f"{name} <{address}>" if name and address else name or address


def _attachment(one: Mapping[str, Any], others: list[Came], lang: str) -> dict[str, Any]:
    """An attachment with the first document of its kind that no attachment before it took."""
    kind = str(one.get("kind") or "")
    found = next((other for other in others if other.kind == kind), None)
    if found is not None:
        others.remove(found)
    return {
        "name": str(one.get("name") or gettext("without name")),
        "size": one.get("size") or 0,
        "kind": _kind_word(kind),
        "became": _became(found, lang) if found else None,
    }


def _kind_word(kind: str) -> str:
    known = {
        "signature": pgettext("attachment", "signature"),
        "encrypted": pgettext("attachment", "encrypted"),
        "winmail": pgettext("attachment", "Outlook's own format"),
        "elsewhere": pgettext("attachment", "lies elsewhere"),
        "returned": pgettext("attachment", "our own mail, returned"),
        "unreadable": pgettext("attachment", "of no known kind"),
        "image": pgettext("attachment", "picture"),
        "archive": pgettext("attachment", "archive"),
        "calendar": pgettext("attachment", "appointment"),
        "card": pgettext("attachment", "visiting card"),
        "sound": pgettext("attachment", "sound"),
        "film": pgettext("attachment", "film"),
    }
    return known.get(kind) or intake_told.kind_word(kind)


def _became(one: Came, lang: str) -> dict[str, Any]:
    return {
        "came": one,
        "kind": intake_told.kind_word(one.kind),
        "outcome": intake_told.outcome_word(one.outcome, lang),
        "tone": intake_told.TONES.get(one.outcome, ""),
    }


def _thread(thread: Sequence[InThread], own: int) -> list[dict[str, Any]]:
    return [
        {
            "one": one,
            "here": one.document_id == own,
            "nature": nature_word(one.nature),
            "subject": one.subject or gettext("without subject"),
        }
        for one in thread
    ]
