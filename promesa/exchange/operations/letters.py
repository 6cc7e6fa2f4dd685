"""Letters to customers: one e-mail for each notice of a run in force, through the same doors as every document that goes out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings

from promesa.allocation.letters import text_of
from promesa.allocation.queries.letters import LetterTold, letters_to_tell
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.exchange.formats.neutral import NeutralDocument, Party
from promesa.exchange.operations.outgoing import ToSend, put_out
from promesa.exchange.operations.sending import LETTER
from promesa.exchange.queries.answering import company
from promesa.exchange.queries.recipients import Recipient
from promesa.exchange.rules.answering import Us

AT_ONCE = 500


def write_letters(*, notice_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """Lay out a letter for each of these notices, in the customer's language; one for each, however often this is asked for.

    Returns how many are new. A customer without an address gets one too: it fails, and a person is called to tell them.
    """
    wanted = sorted(set(notice_ids))
    return sum(
        len(_write(notice_ids=wanted[start : start + AT_ONCE], by=by, at=at))
        for start in range(0, len(wanted), AT_ONCE)
    )


@verb
def _write(*, notice_ids: Collection[int], by: Actor, at: datetime) -> list[int]:
    """So many letters in one transaction. A unique index sees to it that two who write at once write one."""
    written = bulk.rows(
        "SELECT subject FROM exchange_outgoingdocument WHERE kind = %s AND subject = ANY(%s::text[])",
        [LETTER, [_subject(one) for one in notice_ids]],
    )
    known = {row[0] for row in written}
    us = company(on=at.date())
    letters = letters_to_tell(notice_ids=[one for one in notice_ids if _subject(one) not in known])
    return put_out(drafts=[_draft(one, us, at) for one in letters], us=us, by=by, at=at)


def _subject(notice_id: int) -> str:
    return f"notice:{notice_id}"


def page_of(notice_id: int) -> str:
    """Where a customer sees and answers a notice, as the world reaches it."""
    return f"{settings.PUBLIC_ADDRESS}{settings.CUSTOMERS_HOME}/notices/{notice_id}"


def _draft(letter: LetterTold, us: Us, at: datetime) -> ToSend:
    text = text_of(letter, company=us.party.name or "Promesa", address=page_of(letter.notice_id))
    document = NeutralDocument(
        format="letter", kind=LETTER, number=letter.plan, issued_on=at.date(), notes=(text,),
        parties={"seller": us.party, "buyer": Party(code=letter.customer_number, name=letter.customer)},
        due_on=letter.answer_by,
    )  # fmt: skip
    to = Recipient(0, None, LETTER, "letter", "mail", letter.email, "", None, "", letter.customer_number)
    return ToSend(to, _subject(letter.notice_id), 1, document, letter.customer_id)
