"""Every piece of the kit in every state, on one page: for looking at, and for the browser's test of contrast and names.

It is mounted only where a developer or a test asks for it; it knows no data.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from promesa.core.ui import charts, signs
from promesa.core.ui.charts import Loss, Part, Point
from promesa.core.ui.format import format_percent
from promesa.core.ui.frame import Changes, Entry, Hit, Hits, Me
from promesa.core.ui.signs import Stage
from promesa.core.ui.speech import current_language

ZONE = "Europe/Madrid"
HELD = "k k r n r n"
LINES = (
    HELD,
    "k k k b2 b2 n",
    "k k k k k k",
    "d k g n n n",
    "k k k k b0 g",
    "k k x x x x",
    "k k k b120 b120 n",
    "n n n n n n",
)
FLOWERS = ("kkkk", "kkpp", "kbpp", "rrnn", "bknp", "nnnn", "bbbb", "pppp")
ROWS = (
    ("P-2026-000790", "Hostelería Guadalmar, S.A.", "k k k b2 b2 n", "kbnn", "broken", "3918.40"),
    ("P-2026-000817", "Distribuciones Ribera Alta, S.L.", HELD, "rrnn", "risk", "7681.52"),
    ("P-2026-000833", "Cash <b>Puerto</b> & Llano, S.L.", "k k g n n n", "nnnn", "", "6195.20"),
    ("P-2026-000781", "Mayorista Bahía Norte", "k k k k k k", "kkkk", "", "7411.20"),
)
RATES = (742, 718, 695, 729, 758, 774, 781, 762, 795, 806, 779, 798, 809)
LOSSES = (("C1", 75), ("C5", 49), ("C3", 22), ("C2", 17), ("X2", 13), ("C4", 7), ("X1", 5), ("U", 3))
HOURS = ((6, 0, 0, 0), (9, 0, 0, 0), (5, 2, 0, 0), (0, 7, 0, 0), (0, 6, 0, 0), (0, 5, 1, 0), (0, 4, 0, 1))
CAUSES = {
    "C1": ("Falta de stock", "Out of stock"),
    "C5": ("Retraso logístico", "Transport late"),
    "C3": ("Datos maestros", "Master records"),
    "C2": ("Error de captura", "Entry mistake"),
    "X2": ("Documento o factura", "Document or invoice"),
    "C4": ("Rechazo en la entrega", "Refused at the door"),
    "X1": ("Retención de crédito", "Credit hold"),
    "U": ("Sin causa", "Cause unknown"),
}


class SampleForm(forms.Form):
    """A field of each kind, one of them wrong."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=40)
    quantity = forms.DecimalField(label=gettext_lazy("Quantity"), help_text=gettext_lazy("In the unit of the item"))
    day = forms.DateField(label=gettext_lazy("Day"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=[("CS", "CS"), ("EA", "EA")])
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea)
    partial = forms.BooleanField(label=gettext_lazy("Partial deliveries"), required=False)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


def stages() -> list[list[Stage]]:
    """A held order; one that arrived late; one cancelled; one delivered and partly refused."""
    held = [
        Stage("d", None, at(18, 9, 12), "Compras del cliente"),
        Stage("k", at(18, 11, 12), at(18, 9, 14), "EDI"),
        Stage(
            "r",
            at(23, 12),
            gettext("held since %(time)s") % {"time": "08:55"},
            "Atención al cliente · Turno A",
            now=True,
        ),
        Stage("n", at(23, 17, 30), signs.state_word("n"), "Almacén Dos Hermanas"),
        Stage("r", at(24, 10, 30), "12 × 5 L, jue 26 nov", "Transporte · Ruta 4"),
        Stage("n", date(2026, 12, 24), "", "Tesorería del cliente"),
    ]
    late = [
        *held[:2],
        Stage("k", at(16, 12), at(16, 11, 20), "Almacén Dos Hermanas"),
        Stage("b1", at(17, 17, 30), at(18, 16, 5), "Transporte · Ruta 4"),
        Stage("b1", at(18, 10, 30), at(19, 10, 18), "Nave 4"),
        Stage("g", date(2026, 12, 19), "F-2026-000812", "Tesorería del cliente", now=True),
    ]
    off = [*held[:2], *(Stage("x", at(23, 12), gettext("cancelled")) for _ in range(4))]
    refused = [
        *late[:3],
        Stage("k", at(17, 17, 30), at(17, 17)),
        Stage("b0", at(18, 10, 30), "40 / 52"),
        Stage("k", None, None),
    ]
    return [held, late, off, refused]


def drawn(lang: str) -> dict[str, Any]:
    """Each chart, with links where it may have them."""
    place = 0 if lang == "es" else 1
    months = charts_months(lang)
    losses = [Loss(code, CAUSES[code][place], Decimal(share) / 1000, "#cause") for code, share in LOSSES]
    by_hour = [Part(str(7 + n), *counts, "#h") for n, counts in enumerate(HOURS)]
    rates = [
        (format_percent(Decimal(rate) / 1000, lang), name)
        for rate, name in zip((913, 918, 969, 982), signs.petal_names(), strict=True)
    ]
    band = (Decimal("0.75"), Decimal("0.85"))
    return {
        "trend": charts.trend(months[:-1], band, months[-1], label="Pedido perfecto por mes"),
        "trend_gap": charts.trend([*months[:3], Point("—", None), *months[4:7]], None, label="Con un mes vacío"),
        "waterfall": charts.waterfall(losses, label="Del 100 % al 80,9 %", end_href="#perfect"),
        "hours": charts.hours(by_hour, label="Entregas por hora"),
        "scarcity": charts.scarcity(196, 120, 276, 40, 0, 86),
        "meter": charts.meter(Decimal("41870"), Decimal("60000"), Decimal("7444.73")),
        "over": charts.meter(Decimal("57870"), Decimal("60000"), Decimal("7444.73")),
        "flower": signs.petals("kkkk", 264, texts=rates),
        "pareto": [(CAUSES[code][place], charts.pareto_bar(n, n * 8 // 10, LOSSES[0][1]), n) for code, n in LOSSES],
        "costs": [
            (charts.plain_bar(n, 108), signs.one_petal(place), name, n)
            for place, (n, name) in enumerate(zip((108, 102, 39, 22), signs.petal_names(), strict=True))
        ],
        "key": charts.key(
            [
                ("bar-ink", gettext("perfect order")),
                ("range-key", gettext("interval of 95%")),
                ("band-key", gettext("target")),
                ("pt-prov", gettext("provisional")),
            ]
        ),
    }


def charts_months(lang: str) -> list[Point]:
    words = (
        ["oct", "nov", "dic", "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct"],
        ["Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"],
    )[lang == "en"]
    shares = [Decimal(rate) / 1000 for rate in RATES]
    points = [
        Point(word, share, share - Decimal("0.024"), share + Decimal("0.023"), "#month", "n = 1.247")
        for word, share in zip(words, shares, strict=True)
    ]
    return [*points, Point("nov" if lang == "es" else "Nov", Decimal("0.823"), href="#month")]


def frame_context() -> dict[str, Any]:
    """The frame as a customer-service person has it."""
    rail = [
        [
            Entry("today", gettext("Today"), "#", 7, tab=True),
            Entry("orders", gettext("Orders"), "#", here=True, tab=True),
            Entry("truck", gettext("Deliveries"), "#", tab=True),
            Entry("invoice", gettext("Invoices and cash"), "#"),
        ],
        [Entry("customers", gettext("Customers"), "#", tab=True), Entry("catalog", gettext("Catalogue"), "#")],
        [Entry("results", gettext("Results"), "#"), Entry("exchange", gettext("Exchange"), "#", 2)],
    ]
    return {
        "rail": rail,
        "search_url": "/gallery/found",
        "new_order_url": "#",
        "changes": Changes(12, "#"),
        "company": "Aceites y Conservas del Sur, S.A.",
        "me": Me("Carmen Ruiz", gettext("Customer service"), "#", "#"),
        "language_url": "#",
        "home_url": "#",
    }


def _icons() -> list[str]:
    """The names in the sprite."""
    sprite = Path(__file__).resolve().parents[1] / "static/promesa/icons.svg"
    return re.findall(r'<symbol id="([\w-]+)"', sprite.read_text(encoding="utf-8"))


def gallery(request: HttpRequest) -> HttpResponse:
    """The page; `?say=1` shows a toast too."""
    lang = current_language()
    if request.GET.get("say"):
        messages.success(request, gettext("Note saved."))
    form = SampleForm({"unit": "CS"})
    context = {
        **frame_context(),
        "stages": stages(),
        "lines": LINES,
        "flowers": FLOWERS,
        "rows": ROWS,
        "charts": drawn(lang),
        "zone": ZONE,
        "form": form,
        "states": [(code, signs.state_word(code)) for code in ("k", "d", "g", "r", "b3", "n", "x")],
        "petal_states": [(code, signs.petal_word(code)) for code in signs.PETAL_STATES],
        "now": at(24, 10, 30),
        "earlier": at(24, 9, 45),
        "amount": Decimal("7681.525"),
        "share": Decimal("0.954265"),
        "cases": Decimal(12),
        "items_url": "/gallery/items",
        "differences": [
            {"label": gettext("Quantity"), "field_id": "id_quantity", "theirs": "24", "yours": "42", "theirs_raw": "24"}
        ],
        "pad_lines": [
            {"code": "10061", "quantity": "20", "unit_code": "CS", "unit": "CS"},
            {"code": "10052", "quantity": "24"},
        ],
        "actions": [("action", "release", gettext("Release 1 order"), gettext("Release {n} orders"))],
        "icons": _icons(),
    }
    return render(request, "core/gallery.html", context)


def found(request: HttpRequest) -> HttpResponse:
    """What the search over everything answers, for the page above."""
    text = request.GET.get("q", "")
    hits = [
        Hit("#1", "P-2026-000817", "Distribuciones Ribera Alta, S.L. · 4500-7731", line=HELD),
        Hit("#2", "P-2026-000790", "Hostelería Guadalmar, S.A.", line=LINES[1]),
    ]
    groups = [
        Hits(gettext("Orders"), "orders", hits),
        Hits(gettext("Customers"), "customers", [Hit("#3", "Distribuciones Ribera Alta, S.L.", "20417", "Sevilla")]),
    ]
    return render(request, "core/_found.html", {"groups": [] if text.startswith("zz") else groups, "text": text})
