"""Odoo by its external API: JSON-RPC at `/jsonrpc`, services `common` and `object` (version 13 to 18).

Settings: `url`, `database`, `user`; the secret is a password or an API key. What stands where: a partner's `ref` is our customer
number, a product's `default_code` our SKU, a sale order's `client_order_ref` our order number, an invoice's `ref` our invoice
number; a delivery is a picking that is done, whose `origin` or sale order names our order. Nothing of Odoo's is deleted.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.exchange.channels import http
from promesa.exchange.channels.parcel import NotBrought
from promesa.exchange.connectors.contract import Connector, Delivered, Page, System, Unreachable
from promesa.exchange.rules.answering import InvoiceFacts, OrderFacts

PAGE = 500
LARGEST = 16 * 1024 * 1024
EPOCH, CLOCK = "1970-01-01 00:00:00", "%Y-%m-%d %H:%M:%S"
AGAIN = timedelta(hours=2)
# Odoo's units of measure by their name in its two languages of most users; others stay pieces.
UNITS = {
    "units": "C62",
    "unidades": "C62",
    "unit": "C62",
    "kg": "KGM",
    "l": "LTR",
    "litro(s)": "LTR",
    "dozens": "DZN",
    "docenas": "DZN",
}

Row = dict[str, Any]


class OdooConnector(Connector):
    """One database of one Odoo, as one user of it."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._numbers = itertools.count(1)
        self._user: int | None = None

    # --- Masters, what others refer to first

    def masters(self, *, since: Mapping[str, str]) -> Iterator[Page]:
        yield from self._customers(since.get("customers") or EPOCH)
        yield from self._sites(since.get("sites") or EPOCH)
        yield from self._items(since.get("items") or EPOCH)

    def _customers(self, since: str) -> Iterator[Page]:
        fields = ["id", "ref", "name", "vat", "country_id", "lang", "active", "write_date"]
        domain = [
            ["customer_rank", ">", 0],
            ["parent_id", "=", False],
            ["ref", "!=", False],
            ["write_date", ">", since],
        ]
        for rows, mark in self._pages("res.partner", domain, fields, closed=True):
            countries = self._codes("res.country", {_id(row["country_id"]) for row in rows})
            yield Page(
                "customers",
                [
                    {"number": row["ref"], "name": row["name"], "tax_id": row["vat"] or "", "language": (row["lang"] or "es")[:2],
                     "country": countries.get(_id(row["country_id"]), "ES"), **_closed(row)}
                    for row in rows
                ],
                mark,
            )  # fmt: skip

    def _sites(self, since: str) -> Iterator[Page]:
        fields = ["id", "ref", "name", "street", "zip", "city", "country_id", "parent_id", "active", "write_date"]
        domain = [["type", "=", "delivery"], ["parent_id.ref", "!=", False], ["write_date", ">", since]]
        for rows, mark in self._pages("res.partner", domain, fields, closed=True):
            owners = self._codes("res.partner", {_id(row["parent_id"]) for row in rows}, field="ref")
            countries = self._codes("res.country", {_id(row["country_id"]) for row in rows})
            yield Page(
                "sites",
                [
                    {"customer": owners[_id(row["parent_id"])], "number": row["ref"] or str(row["id"]),
                     "name": row["name"] or row["city"] or "?",
                     "street": row["street"] or "", "postcode": row["zip"] or "", "city": row["city"] or "",
                     "country": countries.get(_id(row["country_id"]), "ES"), **_closed(row)}
                    for row in rows
                    if _id(row["parent_id"]) in owners
                ],
                mark,
            )  # fmt: skip

    def _items(self, since: str) -> Iterator[Page]:
        fields = [
            "id",
            "default_code",
            "name",
            "barcode",
            "lst_price",
            "uom_id",
            "weight",
            "type",
            "active",
            "write_date",
        ]
        domain = [["sale_ok", "=", True], ["default_code", "!=", False], ["write_date", ">", since]]
        for rows, mark in self._pages("product.product", domain, fields, closed=True):
            yield Page(
                "items",
                [
                    {"sku": row["default_code"], "name": row["name"], "gtin": _gtin(row["barcode"]), "base_unit": _unit(row["uom_id"]),
                     "kind": "service" if row["type"] == "service" else "goods",
                     **({"weight_kg": Decimal(str(row["weight"]))} if row["weight"] else {}), **_closed(row)}
                    for row in rows
                ],
                mark,
            )  # fmt: skip
            prices = [
                {"sku": row["default_code"], "unit_price": Decimal(str(row["lst_price"]))}
                for row in rows
                if row["active"] and row["lst_price"]
            ]
            if prices:
                yield Page("prices", prices)

    def stock(self) -> Iterator[Page]:
        fields = ["product_id", "location_id", "lot_id", "quantity"]
        domain = [
            ["location_id.usage", "=", "internal"],
            ["product_id.default_code", "!=", False],
            ["product_id.sale_ok", "=", True],  # what is only bought is no item of ours
        ]
        gathered: dict[tuple[str, str], Decimal] = {}
        for rows, _ in self._pages("stock.quant", domain, fields):
            skus = self._codes("product.product", {_id(row["product_id"]) for row in rows}, field="default_code")
            for row in rows:
                key = (skus.get(_id(row["product_id"]), ""), _name(row["lot_id"]))
                gathered[key] = gathered.get(key, Decimal(0)) + Decimal(str(row["quantity"]))
        found = [
            {"sku": sku, "lot": lot, "quantity": max(quantity, Decimal(0))}
            for (sku, lot), quantity in gathered.items()
            if sku
        ]
        yield Page("stock", found, whole=True)

    def deliveries(self, *, since: str) -> Iterator[Delivered]:
        for rows in self._pickings(since):
            names = {row["origin"] for row in rows if row["origin"]}
            sold = self._ask(
                "sale.order", "search_read", [[["name", "in", sorted(names)]]], {"fields": ["name", "client_order_ref"]}
            )
            ours = {row["name"]: row["client_order_ref"] for row in sold if row["client_order_ref"]}
            moves = self._moves([row["id"] for row in rows])
            skus = self._codes("product.product", {_id(move["product_id"]) for move in moves}, field="default_code")
            for row in rows:
                order = ours.get(row["origin"]) or (row["origin"] or "")
                quantities: dict[str, Decimal] = {}
                for move in moves:
                    sku = skus.get(_id(move["product_id"]), "")
                    if _id(move["picking_id"]) == row["id"] and sku:
                        quantities[sku] = quantities.get(sku, Decimal(0)) + Decimal(str(move["quantity"]))
                if order and quantities:
                    yield Delivered(row["name"], order, quantities, _moment(row["date_done"]), mark=row["date_done"])

    def _pickings(self, since: str) -> Iterator[list[Row]]:
        """Pickings that are done, the oldest first. Some hours are read again: a long transaction over there shows what it did
        under the moment when it began, and many are done within one second."""
        again = (_moment(since) - AGAIN).strftime(CLOCK) if since else EPOCH
        domain = [["picking_type_code", "=", "outgoing"], ["state", "=", "done"], ["date_done", ">", again]]
        for start in itertools.count(0, PAGE):
            said = {"fields": ["name", "origin", "date_done"], "limit": PAGE, "offset": start, "order": "date_done, id"}
            rows: list[Row] = self._ask("stock.picking", "search_read", [domain], said)
            if rows:
                yield rows
            if len(rows) < PAGE:
                return

    def _moves(self, pickings: Sequence[int]) -> list[Row]:
        """What left in these pickings; before version 17 the quantity that is done has another name."""
        domain = [["picking_id", "in", list(pickings)], ["state", "=", "done"]]
        fields = ["picking_id", "product_id"]
        try:
            return list(self._ask("stock.move", "search_read", [domain], {"fields": [*fields, "quantity"]}))
        except Unreachable as fault:
            if fault.code != "erp_refused" or "quantity" not in str(fault.params.get("problem")):
                raise
        rows = self._ask("stock.move", "search_read", [domain], {"fields": [*fields, "quantity_done"]})
        return [{**row, "quantity": row["quantity_done"]} for row in rows]

    # --- What goes there

    def push_order(self, order: OrderFacts) -> str:
        known = self._ask(
            "sale.order", "search_read", [[["client_order_ref", "=", order.number]]],
            {"fields": ["name", "state"], "limit": 1},
        )  # fmt: skip
        if known:
            if known[0]["state"] in ("draft", "sent"):  # we were cut off between making and confirming it
                self._ask("sale.order", "action_confirm", [[known[0]["id"]]])
            return str(known[0]["name"])
        partner = self._one("res.partner", "ref", order.buyer.code or "", "erp_no_customer")
        products = self._products({line.item.sku for line in order.lines})
        values = {
            "partner_id": partner, "client_order_ref": order.number, "origin": order.po_number,
            "order_line": [
                [0, 0, {"product_id": products[line.item.sku], "product_uom_qty": float(line.wanted),
                        "name": line.item.text or line.item.sku,
                        "price_unit": float((line.price or Decimal(0)) / (line.price_basis or 1))}]
                for line in order.lines
                if line.wanted > 0
            ],
        }  # fmt: skip
        if order.requested_to:
            values["commitment_date"] = order.requested_to.astimezone(UTC).strftime(CLOCK)
        made = self._ask("sale.order", "create", [values])
        self._ask("sale.order", "action_confirm", [[made]])
        return str(self._ask("sale.order", "read", [[made]], {"fields": ["name"]})[0]["name"])

    def push_invoice(self, invoice: InvoiceFacts) -> str:
        kind = "out_refund" if invoice.kind == "credit_note" else "out_invoice"
        # A supplier's invoice may bear the same number as one of ours.
        domain = [["ref", "=", invoice.number], ["move_type", "=", kind]]
        known = self._ask("account.move", "search_read", [domain], {"fields": ["name"], "limit": 1})
        if known:
            return str(known[0]["name"] or invoice.number)
        partner = self._one("res.partner", "ref", invoice.buyer.code or "", "erp_no_customer")
        products = self._products({line.item.sku for line in invoice.lines if line.item})
        values = {
            "move_type": kind, "partner_id": partner, "ref": invoice.number,
            "invoice_date": invoice.issued_on.isoformat(), "invoice_date_due": invoice.due_on.isoformat(), "invoice_origin": invoice.order,
            "invoice_line_ids": [
                [0, 0, {"name": line.text, "quantity": float(line.quantity), "price_unit": float(line.price / (line.price_basis or 1)),
                        **({"product_id": products[line.item.sku]} if line.item else {})}]
                for line in invoice.lines
            ],
        }  # fmt: skip
        made = self._ask("account.move", "create", [values])
        return str(self._ask("account.move", "read", [[made]], {"fields": ["name"]})[0]["name"] or invoice.number)

    # --- The protocol

    def _pages(
        self, model: str, domain: Sequence[Any], fields: Sequence[str], *, closed: bool = False
    ) -> Iterator[tuple[list[Row], str]]:
        """All rows in the order of their ids, page by page: what is changed or deleted meanwhile moves no other row out of sight.

        Only the last page bears a mark, the newest change of all that was there before we began: a reading that breaks off
        begins anew, and what is changed while we read comes again next time.
        """
        options: Row = {"context": {"active_test": False}} if closed else {}
        newest = ""
        if closed:
            last = {"fields": ["write_date"], "limit": 1, "order": "write_date desc, id desc", **options}
            found: list[Row] = self._ask(model, "search_read", [list(domain)], last)
            newest = str(found[0]["write_date"] or "") if found else ""
            if not found:
                return
        after = 0
        while True:
            said = {"fields": list(fields), "limit": PAGE, "order": "id", **options}
            rows: list[Row] = self._ask(model, "search_read", [[*domain, ["id", ">", after]]], said)
            is_last = len(rows) < PAGE
            if rows or is_last:
                yield rows, newest if is_last else ""
            if is_last:
                return
            after = int(rows[-1]["id"])

    def _codes(self, model: str, ids: set[int], *, field: str = "code") -> dict[int, str]:
        wanted = sorted(one for one in ids if one)
        rows: list[Row] = self._ask(model, "read", [wanted], {"fields": [field]}) if wanted else []
        return {row["id"]: str(row[field]) for row in rows if row[field]}

    def _products(self, skus: set[str]) -> dict[str, int]:
        rows: list[Row] = self._ask(
            "product.product", "search_read", [[["default_code", "in", sorted(skus)]]], {"fields": ["default_code"]}
        )
        found = {row["default_code"]: row["id"] for row in rows}
        missing = sorted(skus - found.keys())
        if missing:
            raise Unreachable("erp_no_item", sku=", ".join(missing[:10]))
        return found

    def _one(self, model: str, field: str, value: str, code: str) -> int:
        rows: list[Row] = self._ask(model, "search_read", [[[field, "=", value]]], {"fields": ["id"], "limit": 1})
        if not rows:
            raise Unreachable(code, number=value)
        return int(rows[0]["id"])

    def _ask(self, model: str, method: str, args: Sequence[Any], options: Mapping[str, Any] | None = None) -> Any:
        settings = self.system.settings
        if self._user is None:
            said = self._call("common", "login", [settings.get("database"), settings.get("user"), self.system.secret])
            if not said:
                raise Unreachable("erp_login", system=self.system.code)
            self._user = int(said)
        who = [settings.get("database"), self._user, self.system.secret]
        return self._call("object", "execute_kw", [*who, model, method, list(args), dict(options or {})])

    def _call(self, service: str, method: str, args: Sequence[Any]) -> Any:
        number = next(self._numbers)
        request = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": number,
            "params": {"service": service, "method": method, "args": list(args)},
        }
        url = str(self.system.settings.get("url", "")).rstrip("/") + "/jsonrpc"
        try:
            answer = http.ask(url, json.dumps(request).encode(), {"Content-Type": "application/json"}, most=LARGEST)
        except NotBrought as fault:
            raise Unreachable(fault.code, **fault.params) from None
        try:
            said = json.loads(answer)
        except ValueError:
            raise Unreachable("erp_no_json", system=self.system.code) from None
        if not isinstance(said, dict) or said.get("id") != number or "error" in said:
            problem = said.get("error", {}) if isinstance(said, dict) else {}
            told = problem.get("data", {}).get("message") or problem.get("message") or "?"
            raise Unreachable("erp_refused", system=self.system.code, problem=str(told)[:200])
        return said.get("result")


def _id(many2one: Any) -> int:
    """Odoo writes a reference as [id, name], and False for none."""
    return int(many2one[0]) if isinstance(many2one, list) and many2one else 0


def _name(many2one: Any) -> str:
    return str(many2one[1])[:40] if isinstance(many2one, list) and len(many2one) > 1 else ""


def _closed(row: Row) -> Row:
    """Archived over there is closed here, from the day of the change on; what is active again is open."""
    return {"active_to": None if row["active"] else str(row["write_date"])[:10]}


def _gtin(barcode: Any) -> str:
    return barcode if isinstance(barcode, str) and barcode.isdecimal() and len(barcode) in (8, 12, 13, 14) else ""


def _unit(uom: Any) -> str:
    return UNITS.get(_name(uom).casefold(), "C62")


def _moment(text: str) -> datetime:
    return datetime.strptime(text, CLOCK).replace(tzinfo=UTC)
