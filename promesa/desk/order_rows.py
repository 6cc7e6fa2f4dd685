"""The rows of the orders list as markup. Fifty rows of eleven columns are most of what the page costs, so they are written
directly: the template language would take five times as long to say the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from promesa.core.ui import signs
from promesa.core.ui.format import NOTHING, format_money, local_moment
from promesa.core.ui.speech import current_language, safe, time_tag
from promesa.orders.stages import Standing

_PLACE = "~"


class OrderRows:
    """The body of the table for one reader: language, columns and what is the same in every row, looked up once."""

    def __init__(self, shown: Collection[str]) -> None:
        self._shown = frozenset(shown)
        self._lang, self._today = current_language(), timezone.localdate()
        self._choose = escape(gettext("Choose"))
        self._late = escape(pgettext("late, short", "+%(days)s d")).replace("%(days)s", "{}")
        self._address = reverse("order", args=[_PLACE])
        self._days: dict[Any, str] = {}

    def body(self, rows: Sequence[dict[str, Any]]) -> SafeString:
        """All rows, in the order given."""
        return safe("".join(map(self._row, rows)))

    def _row(self, row: dict[str, Any]) -> str:
        order: Standing = row["standing"]
        number, shown = escape(order.number), self._shown
        tick = (
            f'<tr><td class="off"><input class="tick" type="checkbox" name="order" value="{number}" '
            f'aria-label="{self._choose} {number}"></td><th scope="row"><a class="id" '
            f'href="{self._address.replace(_PLACE, number)}">{number}</a></th>'
        )
        cells = [tick]
        if "customer" in shown:
            name = escape(order.customer_name)
            cells.append(f'<td class="cut full" title="{name}">{name}</td>')
        if "po" in shown:
            theirs = escape(order.po_number)
            cells.append(f'<td class="quiet off cut po" title="{theirs}">{theirs}</td>')
        if "received" in shown:
            cells.append(f'<td class="off">{self._day(order.received_at)}</td>')
        cells += [f'<td class="off">{escape(row[name])}</td>' for name in ("channel", "state") if name in shown]
        if "promise" in shown:
            cells.append(f"<td>{signs.promise_mini(row['line'])}</td>")
        if "promised" in shown:
            late = f'<span class="is-broken"> {self._late.format(row["days"])}</span>' if row["days"] else ""
            cells.append(f'<td class="right">{self._day(row["last_moment"], order.site_zone)}{late}</td>')
        if "petals" in shown:
            cells.append(f'<td class="corner">{signs.petals(row["flower"], 20, True)}</td>')
        if "hands" in shown:
            hands = escape(row["hands"])
            cells.append(f'<td class="off hands" title="{hands}">{hands or NOTHING}</td>')
        if "next" in shown:
            words = escape(row["next"])
            inside = f'<span class="is-{row["tone"]}">{words}</span>' if row["tone"] else words
            cells.append(f'<td class="cut full next-step" title="{words}">{inside}</td>')
        if "net" in shown:
            cells.append(f'<td class="num off">{format_money(order.net_amount, order.currency, self._lang)}</td>')
        cells.append("</tr>\n")
        return "".join(cells)

    def _day(self, moment: datetime | None, zone: str = "") -> str:
        """The day of a moment where it happens; the same days come again and again."""
        if moment is None:
            return f'<span class="quiet">{NOTHING}</span>'
        day = local_moment(moment, ZoneInfo(zone) if zone else timezone.get_current_timezone()).date()
        if day not in self._days:
            self._days[day] = str(time_tag(day, self._lang, today=self._today))
        return self._days[day]
