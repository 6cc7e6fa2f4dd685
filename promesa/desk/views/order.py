"""The page of one order."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import re_path
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_GET

from promesa.access.doors import actor, requires
from promesa.access.queries import names_of
from promesa.core import words
from promesa.core.errors import NotFound
from promesa.core.money import digits
from promesa.core.ui.format import format_money, format_number
from promesa.core.ui.signs import petal_names, petal_word
from promesa.core.ui.signs import state_word as state_word_of_stage
from promesa.core.ui.speech import current_language
from promesa.desk import order_told, sent_told
from promesa.desk.frame import address
from promesa.desk.labels import actor_word, channel_word, hands_word, next_word, state_word
from promesa.desk.order_choices import decision_of
from promesa.desk.order_line import stages_of
from promesa.desk.queries.flowers import verdicts
from promesa.desk.queries.money import settlements
from promesa.desk.queries.outgoing import sent_of_order
from promesa.desk.queries.papers import Papers, papers_of
from promesa.desk.queries.rows import Row, row_of
from promesa.orders.queries.page import OrderPage, order_page
from promesa.orders.stages import NOT_INVOICED
from promesa.orders.states import OrderState

NUMBER = r"(?P<number>(?!(?:new|bulk|columns)(?:/|$)|export\.)[^/]{1,20})"


@requires("see_orders")
@require_GET
def order(request: HttpRequest, number: str) -> HttpResponse:
    """All there is to know and to do about one order."""
    return draw(request, number)


def draw(request: HttpRequest, number: str, status: int = 200, **extra: Any) -> HttpResponse:
    """The page, with what a form that was sent has to say (`extra`)."""
    found = order_page(number=number)
    if found is None:
        raise NotFound(number, what=number)
    summed_up = list(extra.get("errors", {}).items())
    context = {"typed": {}, "errors": {}, "error_list": summed_up, **context_of(request, found), **extra}
    shown, lang = context["typed"], current_language()
    context["change_rows"] = order_told.change_rows(found, shown, context["errors"], lang)
    context["requested_typed"] = shown.get("requested", order_told.requested_day(found))
    return render(request, "desk/order.html", context, status=status)


def context_of(request: HttpRequest, page: OrderPage) -> dict[str, Any]:
    """What the templates of the page draw."""
    now, today, lang = timezone.now(), timezone.localdate(), current_language()
    order_id, standing = page.head.id, page.standing
    row = row_of(standing, settlements([order_id]).get(order_id, NOT_INVOICED), verdicts([order_id], now), now)
    papers = papers_of(order_id)
    names = names_of(order_told.actors_of(page))
    lines = order_told.shown_lines(page, lang, today)
    left = None if page.head.credit_limit is None else page.head.credit_limit - page.head.exposure
    return {
        "page": page,
        "head": page.head,
        "order": standing,
        "row": row,
        "papers": papers,
        "stages": stages_of(row, lang, today),
        "chip": _chip(row, lang),
        "next": _next(page, row, papers, actor(request).verbs, lang),
        "lines": lines,
        "one_unit": len({line.unit for line in lines}) == 1 and lines[0].unit,
        "short_lines": sum(line.short for line in lines),
        "net": format_money(standing.net_amount, standing.currency, lang),
        "histories": order_told.histories(page, names, lang, today),
        "untold_lines": order_told.untold_lines(page),
        "untold_hold": order_told.untold_holds(page),
        "ways": [(way, words.say(f"told_by_{way}", {}, lang)) for way in order_told.WAYS],
        "findings": [
            {"row": one, "text": order_told.finding_words(one, page, lang), "mend": _mend(one.code)}
            for one in page.findings
        ],
        "lines_wait": standing.state in (OrderState.SUBMITTED, OrderState.CONFIRMED)
        and any(one.severity == "blocking" for one in page.open_findings),
        "timeline": order_told.timeline(page, names, lang),
        "petals": [(name, state, _petal_word(state)) for name, state in zip(petal_names(), row.flower, strict=True)],
        "perfect": _perfect(row.flower),
        "windows": order_told.window_words(page.head, lang),
        "credit_left": left,
        "channel": channel_word(standing.channel, lang),
        "captured_by": actor_word(page.head.captured_by, names, lang),
        "customer_url": address("customers") and f"{address('customers')}/{standing.customer_number}",
        "may": actor(request).verbs,
        "changeable": standing.state in (OrderState.DRAFT, OrderState.SUBMITTED, OrderState.CONFIRMED),
        "cancellable": standing.state in (OrderState.DRAFT, OrderState.SUBMITTED, OrderState.CONFIRMED)
        and not any(line.despatched for line in page.lines),
        "sent_rows": sent_told.rows(sent_of_order(order_id=order_id), now, lang),
    }


def _chip(row: Row, lang: str) -> dict[str, str]:
    """The state in one word: what is decided, or what is derived from how far it has come."""
    order = row.standing
    if order.hold_kind and order.state in ("submitted", "confirmed"):
        return {"word": gettext("On hold"), "tone": "risk", "mark": "r"}
    if row.line.days_late is not None and not row.line.stages[4].done and order.state == "confirmed":
        return {"word": pgettext("order", "Late"), "tone": "broken", "mark": "b0"}
    word, tone = (
        state_word(order.state, lang),
        {"closed": "kept", "draft": "info", "submitted": "info"}.get(order.state, ""),
    )
    if order.state == OrderState.CONFIRMED:
        tone = "kept"
        if order.delivered_at and not order.open:
            word = pgettext("order", "Delivered")
        elif order.in_transit:
            word = pgettext("order", "On its way")
        elif order.released_at:
            word = pgettext("order", "In the warehouse")
    return {"word": word, "tone": tone, "mark": ""}


def _next(page: OrderPage, row: Row, papers: Papers, verbs: frozenset[str], lang: str) -> dict[str, Any]:
    """The one next action: what it is, who has it, and what this person can do about it."""
    order = row.standing
    known: dict[str, Any] = {
        "word": next_word(row.step, lang),
        "hands": hands_word(row.step.hands, lang),
        "tone": row.step.tone,
        "kind": "none",
        "mine": False,
    }
    if order.state == OrderState.DRAFT:
        return known | {"kind": "mend", "mine": "resolve_finding" in verbs or "enter_order" in verbs}
    if page.open_holds and order.state in ("submitted", "confirmed"):
        decision = decision_of(page, page.open_holds[0], verbs, lang)
        return known | {"kind": "hold", "decision": decision, "mine": decision.mine}
    if order.state != OrderState.CONFIRMED:
        return known
    ready = sum((min(line.reserved, line.to_ship) for line in page.lines if line.to_ship > 0), 0 * order.open)
    transit = [one for one in papers.despatches if one.in_transit]
    if row.step.code in ("next_despatch", "next_despatch_part", "next_release") and ready:
        return known | {"kind": "despatch", "mine": "despatch" in verbs}
    if transit:
        page_of_it = address("deliveries") and f"{address('deliveries')}/{transit[0].number}"
        return known | {"kind": "deliver", "mine": "deliver" in verbs, "despatch": transit[0], "page": page_of_it}
    if order.to_invoice:
        return known | {"kind": "invoice", "mine": "invoice" in verbs}
    unpaid = [one for one in papers.invoices if one.kind == "invoice" and one.unpaid_amount]
    if unpaid:
        amount = format_number(unpaid[0].unpaid_amount, lang, digits(unpaid[0].currency))
        return known | {"kind": "pay", "mine": "record_payment" in verbs, "invoice": unpaid[0], "unpaid": amount}
    return known


def _petal_word(state: str) -> str:
    return state_word_of_stage("n") if state == "n" else petal_word(state)


def _perfect(flower: str) -> str:
    """What the flower says as a whole."""
    if flower == "kkkk":
        return gettext("A perfect order")
    if "b" in flower:
        return gettext("Not a perfect order")
    if "r" in flower:
        return gettext("Perfect order: at stake")
    return gettext("Perfect order: no verdict yet") if flower == "nnnn" else gettext("Perfect order: provisional")


def _mend(code: str) -> dict[str, str]:
    """Where a finding is mended, if there is a page for it."""
    pages = {
        "unknown_item": ("intake", gettext("Create the item or map the code")),
        "no_price": ("catalogue", gettext("Add the price")),
        "unknown_unit": ("catalogue", gettext("Add the unit")),
        "no_tax_rate": ("catalogue", gettext("Add the tax rate")),
        "unknown_ship_to": ("customers", gettext("Create the place of delivery")),
        "no_ship_to": ("customers", gettext("Create the place of delivery")),
    }
    name, word = pages.get(code, ("", ""))
    href = address(name) if name else ""
    return {"href": href, "word": word} if href else {}


urlpatterns = [re_path(rf"^orders/{NUMBER}$", order, name="order")]
