"""A small Odoo for tests: JSON-RPC over a real socket, after Odoo's public documentation of its external API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

DATABASE, USER, KEY, UID = "prod", "promesa", "secret-key", 7


class Odoo:
    """Tables as lists of rows; every call is kept in `calls`. `broken` makes the next calls of a method fail, `unknown` are
    fields of other versions, `after_page` happens over there once the rows of a page were chosen."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {
            "res.country": [{"id": 68, "code": "ES"}],
            "res.partner": [], "product.product": [], "stock.quant": [], "stock.picking": [], "stock.move": [],
            "sale.order": [], "account.move": [],
        }  # fmt: skip
        self.calls: list[tuple[str, str]] = []
        self.broken: dict[str, int] = {}
        self.lost: set[str] = set()
        self.unknown: dict[str, set[str]] = {}
        self.after_page: Callable[[str], None] | None = None
        self.url = ""

    def add(self, model: str, **row: Any) -> dict[str, Any]:
        row = {"id": len(self.tables[model]) + 100, "active": True, "write_date": "2026-03-01 08:00:00", **row}
        self.tables[model].append(row)
        return row

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        params = request["params"]
        try:
            if params["service"] == "common":
                database, user, key = params["args"]
                result: Any = UID if (database, user, key) == (DATABASE, USER, KEY) else False
            else:
                database, uid, key, model, method, args, options = params["args"]
                if (database, uid, key) != (DATABASE, UID, KEY):
                    raise PermissionError("Access Denied")
                self.calls.append((model, method))
                if self.broken.get(method, 0):
                    self.broken[method] -= 1
                    raise ValueError("Something went wrong over there")
                result = getattr(self, method)(model, *args, **options)
        except Exception as error:
            problem = {"code": 200, "message": "Odoo Server Error", "data": {"name": "error", "message": str(error)}}
            return {"jsonrpc": "2.0", "id": request["id"], "error": problem}
        return {"jsonrpc": "2.0", "id": request["id"], "result": result}

    def search_read(
        self, model: str, domain: list[Any], *, fields: list[str], limit: int = 0, offset: int = 0, order: str = "id",
        context: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        closed = (context or {}).get("active_test", True) is False
        found = [
            row
            for row in self.tables[model]
            if (closed or row["active"]) and all(self._fits(row, one) for one in domain)
        ]
        wrong = self.unknown.get(model, set()) & set(fields)
        if wrong:
            raise ValueError(f"Invalid field '{wrong.pop()}' on model '{model}'")
        for one in reversed([one.split() for one in order.split(",")]):
            found.sort(key=lambda row: row.get(one[0]) or "", reverse=one[-1] == "desc")
        if self.after_page is not None and limit > 1:
            self.after_page(model)
        chosen = found[offset : offset + limit] if limit else found[offset:]
        return [self._shown(row, fields) for row in chosen]

    def read(self, model: str, ids: list[int], *, fields: list[str]) -> list[dict[str, Any]]:
        return [self._shown(row, fields) for row in self.tables[model] if row["id"] in ids]

    def create(self, model: str, values: dict[str, Any]) -> int:
        name = (
            f"S{len(self.tables[model]) + 1:05d}"
            if model == "sale.order"
            else f"INV/2026/{len(self.tables[model]) + 1:05d}"
        )
        row = self.add(model, name=name, state="draft", **values)
        return int(row["id"])

    def action_confirm(self, model: str, ids: list[int]) -> bool:
        for row in self.tables[model]:
            if row["id"] in ids:
                row["state"] = "sale"
        return True

    def _shown(self, row: dict[str, Any], fields: list[str]) -> dict[str, Any]:
        return {"id": row["id"]} | {name: row.get(name, False) for name in fields}

    def _fits(self, row: dict[str, Any], term: list[Any]) -> bool:
        path, sign, value = term
        own: Any = row
        for name in path.split("."):
            if isinstance(own, list):
                tables = {"parent_id": "res.partner", "product_id": "product.product"}
                own = next((one for one in self.tables[tables[path.split(".")[0]]] if one["id"] == own[0]), {})
            own = own.get(name, False) if isinstance(own, dict) else False
        if sign == "in":
            return (own[0] if isinstance(own, list) else own) in value
        if sign == ">":
            return bool(own) and own > value
        return (own == value) is (sign == "=")


@contextmanager
def odoo_server() -> Iterator[Odoo]:
    """A running one, on a free port of this machine."""
    odoo = Odoo()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/jsonrpc"
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = odoo.answer(request)
            method = request["params"]["args"][4] if request["params"]["service"] == "object" else ""
            if method in odoo.lost:  # it was done, and the answer is lost on the way
                odoo.lost.discard(method)
                self.connection.close()
                return
            answer = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    odoo.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield odoo
    finally:
        server.shutdown()
        server.server_close()
