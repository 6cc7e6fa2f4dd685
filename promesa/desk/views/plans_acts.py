"""What is done to a plan: work out, propose, sign, publish, close. Each says before what it will do, and after what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import re_path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from promesa.access.doors import actor, requires
from promesa.allocation import operations
from promesa.allocation.models import Notice
from promesa.allocation.queries.comparing import compare
from promesa.allocation.queries.plans import PlanPage, RunRow, ScenarioRow, plan_page
from promesa.allocation.queries.runs import changes_since, waiting_parts
from promesa.allocation.states import PlanState, Side
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.speech import current_language
from promesa.desk import asked, plans_told, typed
from promesa.desk.queries import plans as queries
from promesa.desk.views.plans import LETTER, NUMBER, SIGNS, chip, draw, signatures_of

LOOKED_AT = 20


def _try(request: HttpRequest, number: str, act: Callable[[], Any]) -> tuple[Any, HttpResponse | None]:
    """One verb; a refusal is said on the plan's page."""
    try:
        return act(), None
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return None, draw(request, number, refused.status, said=refused.sentence(current_language()))


@requires("see_plans")
@require_POST
def run(request: HttpRequest, number: str, letter: str) -> HttpResponse:
    """Work a scenario out; nothing outside the run changes."""
    page, by = plan_page(number=number), actor(request)
    made, refused = _try(
        request, number, lambda: operations.simulate(
            plan_id=page.id, letter=letter.upper(), by=by, at=timezone.now(), as_of=timezone.localdate()
        ),
    )  # fmt: skip
    if refused is not None:
        return refused
    lines = ngettext("%(n)s line", "%(n)s lines", made.lines) % {"n": made.lines}
    messages.success(request, gettext("Worked out: %(lines)s. Nothing has changed for anybody.") % {"lines": lines})
    return redirect("plan_publish" if request.POST.get("next") == "publish" else "plan", number)


@requires("propose_plan")
@require_POST
def propose(request: HttpRequest, number: str) -> HttpResponse:
    """Lay a scenario before both sides."""
    page, by = plan_page(number=number), actor(request)
    letter = asked.one_of(request.POST.get("letter", "").upper(), [one.letter for one in page.scenarios])
    if not letter:
        raise NotFound(number, what=number)
    version = asked.key_of(request.POST.get("version", "")) or None
    _, refused = _try(
        request, number, lambda: operations.propose_plan(
            plan_id=page.id, letter=letter, by=by, at=timezone.now(), version=version
        ),
    )  # fmt: skip
    if refused is not None:
        return refused
    messages.success(
        request, gettext("%(letter)s is proposed. Sales and customer service sign it.") % {"letter": letter}
    )
    return redirect("plan", number)


@requires("see_plans")
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, number: str) -> HttpResponse:
    """Read what is proposed, and sign it for one's side."""
    page = plan_page(number=number)
    if page.chosen is None:
        if request.method == "POST":
            raise NotFound(number, what=number)
        return redirect("plan", number)
    if request.method == "GET":
        return _to_sign(request, page, page.chosen)
    side = asked.one_of(request.POST.get("side", ""), tuple(Side))
    agreed = asked.text_of(request.POST, "hash", 64)
    if not side or request.POST.get("read") != "1":
        fault = gettext("Say that you have read it, and for which side you sign.")
        return _to_sign(request, page, page.chosen, 422, fault)
    try:
        operations.sign_plan(
            plan_id=page.id, side=side, agreed_hash=agreed, by=actor(request), at=timezone.now(),
            note=typed.line(request.POST.get("note", ""), 200),
        )  # fmt: skip
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _to_sign(request, page, page.chosen, refused.status, refused.sentence(current_language()))
    messages.success(request, gettext("Signed. It stands with your name, the day and the hour."))
    return redirect("plan", number)


def _to_sign(
    request: HttpRequest, page: PlanPage, chosen: ScenarioRow, status: int = 200, fault: str = ""
) -> HttpResponse:
    lang, verbs = current_language(), actor(request).verbs
    names = plans_told.names_in([chosen.content], lang)
    cols = [col for col in plans_told.columns(page) if col.scenario.is_chosen and col.run]
    compared = [(col, compare(first=col.run.id)) for col in cols if col.run]
    signed = {one.side: one for one in chosen.signatures}
    mine = [
        row for row in signatures_of(page, lang)
        if row["side"] not in signed and SIGNS[Side(row["side"])] in verbs
        and request.user.pk not in {one.user_id for one in chosen.signatures}
    ]  # fmt: skip
    context = {
        "plan": page, "chip": chip(page.state), "scenario": chosen, "deeds": plans_told.deeds(chosen.content, names, lang),
        "columns": cols, "effects": plans_told.effects(compared, lang),
        "effect_heading": plans_told.effect_heading(compared, lang, state=page.state), "signatures": signatures_of(page, lang),
        "mine": mine if page.state == PlanState.PROPOSED else [], "fault": fault, "note": request.POST.get("note", ""),
        "signs_already": request.user.pk in {one.user_id for one in chosen.signatures},
    }  # fmt: skip
    return render(request, "desk/plans/sign.html", context, status=status)


@requires("publish_plan")
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """What publishing will do; then do it. What changed since is refused and shown."""
    page = plan_page(number=number)
    if request.method == "GET":
        return _to_publish(request, page)
    wanted = asked.key_of(request.POST.get("run", ""))
    found = next((one for one in page.runs if one.number == wanted), None)
    if found is None:
        raise NotFound(number, what=number)
    try:
        done = operations.publish_run(run_id=found.id, by=actor(request), at=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _to_publish(request, plan_page(number=number), refused.status, refused.sentence(current_language()))
    if done.refused and not done.published:
        said = gettext("Nothing was published: something changed since it was worked out. Look below.")
        return _to_publish(request, plan_page(number=number), 409, said, changed=list(done.changes))
    told = ngettext("%(n)s customer has a notice", "%(n)s customers have a notice", done.notices) % {"n": done.notices}
    if done.refused:
        messages.warning(
            request, gettext("Published in part. What changed meanwhile is left as it was. %(told)s.") % {"told": told}
        )
    else:
        messages.success(request, gettext("Published: it is in force. %(told)s.") % {"told": told})
    return redirect("plan", number)


def _to_publish(
    request: HttpRequest, page: PlanPage, status: int = 200, said: str = "", changed: list[dict[str, Any]] | None = None
) -> HttpResponse:
    lang = current_language()
    latest = _run_of(page)
    context: dict[str, Any] = {
        "plan": page, "chip": chip(page.state), "run": latest, "said": said,
        "ready": page.state in (PlanState.SIGNED, PlanState.PUBLISHED),
        "signatures": signatures_of(page, lang),
    }  # fmt: skip
    if latest is not None:
        customers, lines, falls, orders, cost = queries.touched(run_id=latest.id)
        parts = waiting_parts(run_id=latest.id)[:LOOKED_AT] if latest.state == "simulated" else []
        since = changed if changed is not None else [
            change for part in parts for change in changes_since(run_id=latest.id, part=part)
        ]  # fmt: skip
        context |= {
            "customers": customers, "lines": lines, "falls": falls, "orders": orders, "cost": cost,
            "changed": plans_told.changes(since, lang),
            "exceptions": plans_told.exceptions(queries.exceptions_of(run_id=latest.id), lang),
            "in_force": latest.published_at is not None,
        }  # fmt: skip
    return render(request, "desk/plans/publish.html", context, status=status)


def _run_of(page: PlanPage) -> RunRow | None:
    """The newest run of the scenario that is chosen."""
    letter = page.chosen.letter if page.chosen else ""
    return next((one for one in page.runs if one.letter == letter), None)


@requires("publish_plan")
@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """End a plan."""
    page, by = plan_page(number=number), actor(request)
    _, refused = _try(request, number, lambda: operations.close_plan(plan_id=page.id, by=by, at=timezone.now()))
    if refused is not None:
        return refused
    messages.success(request, gettext("The plan is closed. It binds nobody any more."))
    return redirect("plan", number)


@requires("change_order")
@require_POST
def answer(request: HttpRequest, number: str, notice_id: str) -> HttpResponse:
    """Write down what a customer said to their notice: it becomes a change of their lines."""
    page, by = plan_page(number=number), actor(request)
    said = {
        int(name.removeprefix("line-")): str(value)
        for name, value in request.POST.items()
        if name.startswith("line-") and name.removeprefix("line-").isdecimal() and len(name) < 23 and value
    }
    if not Notice.objects.filter(pk=int(notice_id), run__plan_id=page.id).exists():
        raise NotFound(number, what=number)
    try:
        operations.answer_notice(notice_id=int(notice_id), answers=said, by=by, at=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        messages.error(request, refused.sentence(current_language()))
    else:
        messages.success(request, gettext("Written down: the lines of the order are changed as the customer wants."))
    return redirect("plan_letters", number)


urlpatterns = [
    re_path(rf"^shortages/plans/{NUMBER}/run/{LETTER}$", run, name="plan_run"),
    re_path(rf"^shortages/plans/{NUMBER}/propose$", propose, name="plan_propose"),
    re_path(rf"^shortages/plans/{NUMBER}/sign$", sign, name="plan_sign"),
    re_path(rf"^shortages/plans/{NUMBER}/publish$", publish, name="plan_publish"),
    re_path(rf"^shortages/plans/{NUMBER}/close$", close, name="plan_close"),
    re_path(rf"^shortages/plans/{NUMBER}/letters/(?P<notice_id>[0-9]{{1,17}})$", answer, name="plan_answer"),
]
