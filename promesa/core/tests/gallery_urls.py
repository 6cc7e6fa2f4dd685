"""The gallery's addresses, for the browser's test."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from promesa.core.ui import gallery


def quote(request: HttpRequest) -> JsonResponse:
    """A quote as `pad.js` asks for it: each line at 2,50, code 10052 short, a repeated order number refused."""
    asked = json.loads(request.body)
    short = [{"tone": "risk", "text": "Faltan 14 cajas."}]
    lines = [
        {
            "index": line["index"],
            "text": f"Artículo {line['code']}",
            "unit_code": "CS",
            "units": [{"code": "CS", "word": "caja"}, {"code": "EA", "word": "unidad"}],
            "price": "2,50",
            "amount": f"{line['quantity']} × 2,50",
            "promise": [{"tone": "", "text": "jue 26 nov"}],
            "warnings": short if line["code"] == "10052" else [],
        }
        for line in asked["lines"]
    ]
    wrong = (
        [{"field": "po_number", "text": "Su orden de compra está repetida"}] if asked["po_number"] == "again" else []
    )
    totals = [{"label": "A pagar", "amount": str(len(lines)), "sum": True}]
    credit = {"used": "0.7", "this": "0.1", "sentence": "Caben 10 € más", "words": ["usado", "este", "límite"]}
    return JsonResponse({"lines": lines, "errors": wrong, "totals": totals, "credit": credit, "say": "Sale el jueves."})


def items(request: HttpRequest) -> JsonResponse:
    known = [("30215", "Pimiento asado 390 g"), ("30221", "Pimiento asado 2,5 kg")]
    text = request.GET["q"].lower()
    options = [{"value": value, "text": words} for value, words in known if text in words.lower() or text in value]
    return JsonResponse({"options": options})


def error(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"core/{name}.html", {"request_id": "3f2a9c01"})


def sign_in(request: HttpRequest) -> HttpResponse:
    return render(request, "core/sign_in.html", {"form": gallery.SampleForm({"unit": "CS"})})


urlpatterns = [
    path("gallery", gallery.gallery),
    path("gallery/found", gallery.found),
    path("gallery/quote", quote),
    path("gallery/items", items),
    path("error/<str:name>", error),
    path("sign-in", sign_in),
]
