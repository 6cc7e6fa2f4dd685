"""Documents as the demo's customers send them: EDIFACT ORDERS and spreadsheets. Also signatures, as a lorry's device draws them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from random import Random

from promesa.demo import company as table
from promesa.demo.company import Company, Customer, Site
from promesa.demo.life import MADRID
from promesa.demo.story import Act
from promesa.demo.tale import Wish


def _said(text: str) -> str:
    """Text with EDIFACT's own signs released."""
    for sign in "?+:'":
        text = text.replace(sign, f"?{sign}")
    return text


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def edifact_order(
    company: Company, wish: Wish, *, reference: int, buyer: tuple[str, str] | None = None, site: Site | None = None,
    codes: dict[int, str] | None = None, prices: dict[int, Decimal] | None = None,
) -> bytes:  # fmt: skip
    """An interchange with one ORDERS (D.96A, EANCOM), in pieces, with our GTINs, the buyer's codes and our prices.

    `buyer` (GLN, name) instead of the customer's; `codes` and `prices` instead of the right ones, by line from 1.
    """
    customer = company.customers[wish.customer]
    site = site or next(one for one in customer.sites if one.number == wish.site)
    gln, name = buyer or (customer.gln, customer.name)
    local = wish.at.astimezone(MADRID)
    body = [
        "UNH+1+ORDERS:D:96A:UN:EAN008", f"BGM+220+{_said(wish.po)}+9", f"DTM+137:{local:%Y%m%d}:102",
        *([f"DTM+2:{wish.asked:%Y%m%d}:102"] if wish.asked else []),
        f"NAD+BY+{gln}::9++{_said(name)}", f"NAD+SU+{table.GLN}::9++{_said(table.NAME)}",
        f"NAD+DP+{gln if buyer else site.gln}::9", "CUX+2:EUR:9",
    ]  # fmt: skip
    for n, (sku, cases) in enumerate(wish.lines, 1):
        item = company.items[sku]
        price = (prices or {}).get(n) or price_of(company, wish, n, sku)
        code = (codes or {}).get(n)
        body += [
            f"LIN+{n}++{code or item.gtin.zfill(13)}:EN",
            f"PIA+1+{code or company.buyer_code(wish.customer, sku)}:IN::92",
            f"IMD+F++:::{_said(item.name[:35])}",
            f"QTY+21:{cases * item.case}:PCE", f"PRI+AAA:{_number(price)}",
        ]  # fmt: skip
    body += ["UNS+S", f"CNT+2:{len(wish.lines)}"]
    head = f"UNB+UNOC:3+{gln}:14+{table.GLN}:14+{local:%y%m%d}:{local:%H%M}+{reference}"
    parts = [head, *body, f"UNT+{len(body) + 1}+1", f"UNZ+1+{reference}"]
    return ("UNA:+.? '\n" + "'\n".join(parts) + "'\n").encode("latin-1", "replace")


def price_of(company: Company, wish: Wish, line: int, sku: str) -> Decimal:
    """Our price, but for the line on which the customer has another one."""
    price = company.price(wish.customer, sku, wish.day)
    wrong = line == 1 and wish.chapter is not None and wish.chapter.act is Act.PRICE_HOLD
    return price * Decimal("0.9") if wrong else price


def sheet_order(company: Company, wishes: Sequence[Wish]) -> bytes:
    """A spreadsheet of orders of one customer, as CSV in the Spanish manner."""
    rows = ["Nº pedido;Cliente;Destino;Referencia cliente;Descripción;Cantidad;Unidad;Fecha de entrega;Precio"]
    for wish in wishes:
        asked = f"{wish.asked:%Y-%m-%d}" if wish.asked else ""
        for n, (sku, cases) in enumerate(wish.lines, 1):
            item = company.items[sku]
            price = price_of(company, wish, n, sku) * item.case
            rows.append(
                f"{wish.po};{wish.customer};{wish.site};{company.buyer_code(wish.customer, sku)};{item.name};{cases};"
                f"{'CS' if item.case > 1 else 'UN'};{asked};{_number(price).replace('.', ',')}"
            )
    return ("\r\n".join(rows) + "\r\n").encode("cp1252", "replace")


def not_an_order(customer: Customer, at: datetime) -> bytes:
    """An invoice that somebody sends to the address for orders."""
    day = at.astimezone(MADRID)
    body = ["UNH+1+INVOIC:D:96A:UN:EAN008", "BGM+380+FV-88123+9", f"DTM+137:{day:%Y%m%d}:102",
            f"NAD+BY+{table.GLN}::9", f"NAD+SU+{customer.gln}::9", "UNS+S"]  # fmt: skip
    parts = [f"UNB+UNOC:3+{customer.gln}:14+{table.GLN}:14+{day:%y%m%d}:{day:%H%M}+9001", *body,
             f"UNT+{len(body) + 1}+1", "UNZ+1+9001"]  # fmt: skip
    return ("'".join(parts) + "'").encode("latin-1", "replace")


# --- Signatures ----------------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 220, 70


@lru_cache(maxsize=32)
def signature(seed: int) -> bytes:
    """A scrawl as a small PNG: one dark line that wanders from left to right."""
    rng = Random(seed)
    pixels = [bytearray(b"\xff" * WIDTH) for _ in range(HEIGHT)]
    x, y, up = 14.0, HEIGHT / 2, 0.0
    while x < WIDTH - 14:
        up = 0.86 * up + rng.uniform(-2.4, 2.4) + (HEIGHT / 2 - y) * 0.02
        y = min(max(y + up, 6.0), HEIGHT - 7.0)
        x += rng.uniform(0.1, 0.9) if rng.random() > 0.07 else -4.0
        for dx in (0, 1):
            for dy in (0, 1):
                pixels[int(y) + dy][int(max(x, 2.0)) + dx] = 40
    rows = b"".join(b"\x00" + bytes(row) for row in pixels)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )
