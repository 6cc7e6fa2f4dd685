"""How the tests fill the form."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client


def send(client: Client, codes: list[str], quantities: list[str], **more: Any) -> Any:
    sent = {
        "ship_to": "1", "po_number": "", "requested_on": "", "note": "", "code": codes, "quantity": quantities,
        "unit_code": [""] * len(codes), "price": [""] * len(codes), "form_key": "k1", **more,
    }  # fmt: skip
    return client.post("/portal/orders/new", sent)


def quote(client: Client, *lines: dict[str, Any], **head: Any) -> dict[str, Any]:
    rows = [{"index": place, "unit_code": "", "price": "", **line} for place, line in enumerate(lines)]
    sent = {"ship_to": "", "po_number": "", "requested_on": "", **head, "lines": rows}
    answer = client.post("/portal/orders/new/quote", json.dumps(sent), content_type="application/json")
    assert answer.status_code == 200
    return dict(answer.json())
