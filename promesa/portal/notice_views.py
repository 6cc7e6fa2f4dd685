"""What the customer is told when goods are scarce, and their answer: one list, one notice, one form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.allocation import operations
from promesa.allocation.queries.notices import NoticeHead, notice_lines, notice_of, notices_of
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.speech import current_language
from promesa.portal import notices_told
from promesa.portal.views import whose


@requires("portal_see")
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The customer's notices: those that wait for an answer first."""
    found = notices_of(customer_id=whose(request), at=timezone.now())
    lang, today = current_language(), timezone.localdate()
    context = {
        "waiting": [notices_told.row(one, lang, today) for one in found if one.open],
        "others": [notices_told.row(one, lang, today) for one in found if not one.open],
    }
    return render(request, "portal/notices.html", context)


@requires("portal_see")
@require_GET
def notice(request: HttpRequest, notice_id: str) -> HttpResponse:
    """One notice of the customer, line by line, with what they may answer.

    :raises NotFound: alike for another's notice and for none at all.
    """
    return _draw(request, _mine(request, notice_id))


@requires("portal_order")
@require_POST
def answer(request: HttpRequest, notice_id: str) -> HttpResponse:
    """What the customer answers becomes changes of their lines; refused, the notice says why and nothing is changed.

    :raises NotFound: alike for another's notice and for none at all.
    """
    head = _mine(request, notice_id)
    said = {
        int(name.removeprefix("line-")): str(value)[:20]
        for name, value in request.POST.items()
        if name.startswith("line-") and name[5:].isascii() and name[5:].isdecimal() and len(name) < 23 and value
    }
    try:
        operations.answer_notice(notice_id=head.id, answers=said, by=actor(request), at=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _draw(request, _mine(request, notice_id), said, notices_told.refusal(refused), refused.status)
    messages.success(request, gettext("Thank you. We have your answer, and your order is as you want it."))
    return redirect("portal_notice", head.id)


def _mine(request: HttpRequest, notice_id: str) -> NoticeHead:
    found = notice_of(customer_id=whose(request), notice_id=int(notice_id), at=timezone.now())
    if found is None:
        raise NotFound(notice_id, what=notice_id)
    return found


def _draw(
    request: HttpRequest, head: NoticeHead, said: dict[int, str] | None = None, fault: str = "", status: int = 200
) -> HttpResponse:
    lang, today = current_language(), timezone.localdate()
    lines = notice_lines(notice_id=head.id, customer_id=whose(request), on=today)
    shown = [notices_told.line(one, head, said or {}, lang, today) for one in lines]
    context = {
        "notice": notices_told.row(head, lang, today),
        "lines": shown,
        "fault": fault,
        "asks": any(one["options"] for one in shown),
    }
    return render(request, "portal/notice.html", context, status=status)
