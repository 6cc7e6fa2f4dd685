"""Which layouts were learnt for a sender."""

from __future__ import annotations

from typing import Any

from promesa.exchange.models import Layout

MOST = 200


def templates_of(*, partner_id: int | None) -> list[dict[str, Any]]:
    """The layouts to try on a paper, the newest first: its partner's, then those whose sender is no partner's."""
    rows = Layout.objects.filter(active=True).order_by("-taught_at")
    own = list(rows.filter(partner_id=partner_id).values_list("template", flat=True)[:MOST]) if partner_id else []
    return own + list(rows.filter(partner=None).values_list("template", flat=True)[: MOST - len(own)])
