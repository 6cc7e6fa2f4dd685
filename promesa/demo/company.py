"""The company "Aceites y Conservas del Sur, S.A." as plain values: what it sells, to whom, and when everybody is closed.

All of it is invented. The tables lie in `data/`; nothing here knows the database.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from importlib.resources import files
from typing import Any

import holidays

from promesa.core.calendars import BusinessCalendar, ReceivingWindows
from promesa.core.identifiers import check_digit

NAME = "Aceites y Conservas del Sur, S.A."
GLN = "8437999000001"
WAREHOUSE = "ANT"
WAREHOUSE_CALENDAR = "ES-AN"
ZONE = "Europe/Madrid"
CUT_OFF, SHIPS_AT = time(14), time(17)
PRICE_LIST = "TARIFA"
CENT = Decimal("0.01")

# Supplier: name, families, region of its holidays, a local holiday (month, day), and the days of August on which it is shut.
SUPPLIERS = {
    "ALM-SI": ("Almazara San Isidro", ("Aceite de oliva",), "AN", (5, 15), (10, 23)),
    "CON-ES": ("Conservas del Estrecho", ("Conservas de pescado",), "AN", (7, 16), (1, 31)),
}

# Segment: names, tier.
SEGMENTS = {
    "protect": ("Proteger", "Protect", 1),
    "cost": ("Ingeniería de costes", "Cost engineer", 2),
    "build": ("Desarrollar", "Build", 3),
    "danger": ("En peligro", "Danger", 4),
}

# Tax: our name -> rate in Spain. Deliveries to the Canary Islands and abroad carry none, by these categories.
TAXES = {"super": 4, "reduced": 10, "general": 21}
UNTAXED = {"IC": "G", "PT": "K", "CO": "G", "MX": "G"}

# Whose holidays: region of the table of sites -> country and subdivision of the library.
REGIONS: dict[str, tuple[str, str | None]] = {
    **{code: ("ES", code) for code in ("AN", "AR", "AS", "CB", "CL", "CM", "CN", "CT", "EX", "GA", "MC", "MD", "NC",
                                       "PV", "RI", "VC")},
    "PT": ("PT", None), "CO": ("CO", None), "MX": ("MX", None),
}  # fmt: skip
PRICE_RISE = Decimal("1.03")  # of the new tariff, half a year before today


@dataclass(frozen=True, slots=True)
class Item:
    """What is sold. Quantities are in pieces; `case` pieces go in a case."""

    sku: str
    name: str
    name_en: str
    family: str
    case: int
    layer: int
    pallet: int
    price: Decimal
    tax: str
    life_days: int
    minimum_life_days: int
    weight_kg: Decimal | None
    season: str
    weight: int
    gtin: str
    case_gtin: str

    @property
    def is_service(self) -> bool:
        return self.season == "service"


@dataclass(frozen=True, slots=True)
class Site:
    """A place of delivery."""

    customer: str
    number: str
    row: dict[str, str] = field(hash=False)
    windows: ReceivingWindows = field(hash=False)

    @property
    def gln(self) -> str:
        return self.row["gln"]

    @property
    def calendar_code(self) -> str:
        """The calendar that it keeps; the same with a 6 where Saturdays are open."""
        region = self.row["calendar"]
        country = REGIONS[region][0]
        code = region if region == country else f"{country}-{region}"
        return f"{code}-6" if 5 in self.windows.calendar.open_weekdays else code


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys, how often, and how late they pay."""

    number: str
    name: str
    segment: str
    gln: str
    channel: str
    orders_a_week: Decimal
    payment_days: int
    pays_late_days: int
    one_delivery: bool
    sites: tuple[Site, ...]
    row: dict[str, str] = field(hash=False)

    @property
    def is_abroad(self) -> bool:
        return self.sites[0].row["country"] in ("CO", "MX")


def _table(name: str) -> list[dict[str, str]]:
    text = files("promesa.demo").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def _closed(body: str) -> str:
    return body + check_digit(body)


class Company:
    """All of it, for a span of days: calendars are drawn for the years that the span touches."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.years = range(first.year, last.year + 2)
        self._holidays: dict[str, dict[date, str]] = {}
        self.items = {one.sku: one for one in map(self._item, enumerate(_table("items"), 1))}
        sites: dict[str, list[Site]] = {}
        for row in _table("sites"):
            sites.setdefault(row["customer"], []).append(self._site(row))
        self.customers = {
            row["number"]: Customer(
                row["number"], row["name"], row["segment"], row["gln"], row["channel"], Decimal(row["orders_a_week"]),
                int(row["payment_days"]), int(row["pays_late_days"]), row["one_delivery"] == "yes",
                tuple(sites[row["number"]]), row,
            )
            for row in _table("customers")
        }  # fmt: skip
        self.people = _table("people")

    @staticmethod
    def _item(numbered: tuple[int, dict[str, str]]) -> Item:
        n, row = numbered
        body = f"8437999{n:05d}"
        goods = row["season"] != "service"
        return Item(
            row["sku"], row["name"], row["name_en"], row["family"], int(row["case"]), int(row["layer"]),
            int(row["pallet"]), Decimal(row["price"]), row["tax"], int(row["life_days"]), int(row["minimum_life_days"]),
            Decimal(row["weight_kg"]) if row["weight_kg"] else None, row["season"], int(row["weight"]),
            _closed(body) if goods else "", _closed("1" + body) if goods and int(row["case"]) > 1 else "",
        )  # fmt: skip

    def _site(self, row: dict[str, str]) -> Site:
        hours: dict[int, list[tuple[time, time]]] = {}
        for part in filter(None, row["windows"].split("; ")):
            days, span = part.split(" ")
            first, _, last = days.partition("-")
            opens, closes = (time.fromisoformat(hour) for hour in span.split("-"))
            for weekday in range(int(first), int(last or first) + 1):
                hours.setdefault(weekday, []).append((opens, closes))
        calendar = self.calendar(row["calendar"], row["time_zone"], saturdays=5 in hours)
        return Site(row["customer"], row["number"], row, ReceivingWindows.of(row["time_zone"], hours, calendar))

    def holidays_of(self, region: str) -> dict[date, str]:
        """The holidays of a region in the years of the story."""
        country, subdivision = REGIONS[region]
        if region not in self._holidays:
            found = holidays.country_holidays(country, subdiv=subdivision, years=self.years)
            self._holidays[region] = dict(sorted(found.items()))
        return self._holidays[region]

    def supplier_holidays(self, code: str) -> dict[date, str]:
        """The days on which a supplier neither works nor delivers: those of its region and its town, and its weeks of August."""
        _, _, region, (month, day), (first, last) = SUPPLIERS[code]
        shut = dict(self.holidays_of(region))
        for year in self.years:
            shut[date(year, month, day)] = "Fiesta local"
            shut |= {date(year, 8, one): "Vacaciones de agosto" for one in range(first, last + 1)}
        return dict(sorted(shut.items()))

    def calendar(self, region: str, zone: str, *, saturdays: bool = False) -> BusinessCalendar:
        """The working days of a region; some platforms of retailers take goods on Saturdays too."""
        return BusinessCalendar(zone, frozenset(range(6 if saturdays else 5)), frozenset(self.holidays_of(region)))

    @cached_property
    def warehouse(self) -> BusinessCalendar:
        """The working days of our own warehouse."""
        return BusinessCalendar(ZONE, frozenset(range(5)), frozenset(self.holidays_of("AN")))

    # --- Prices -----------------------------------------------------------------------------------------------------

    @cached_property
    def rise_on(self) -> date:
        """The day of the new tariff."""
        return (self.first + timedelta(days=183)).replace(day=1)

    def list_price(self, sku: str, on: date) -> Decimal:
        """The price of one piece in the tariff of a day."""
        price = self.items[sku].price
        return (price * PRICE_RISE).quantize(CENT, ROUND_HALF_UP) if on >= self.rise_on else price

    def agreements(self) -> list[dict[str, Any]]:
        """Prices signed with the largest customers: six in a hundred off for a few items each, for the whole time."""
        rows: list[dict[str, Any]] = []
        skus = [sku for sku, item in self.items.items() if not item.is_service]
        for n, customer in enumerate(self.customers.values()):
            if customer.segment != "protect":
                continue
            for sku in skus[n * 3 :: 17]:
                price = (self.items[sku].price * Decimal("0.94")).quantize(CENT, ROUND_HALF_UP)
                rows.append({"customer": customer.number, "sku": sku, "unit_price": price, "valid_from": self.first,
                             "reference": f"ACU-{self.first.year}-{n + 1:02d}"})  # fmt: skip
        return rows

    @cached_property
    def _agreed(self) -> dict[tuple[str, str], Decimal]:
        return {(row["customer"], row["sku"]): row["unit_price"] for row in self.agreements()}

    def price(self, customer: str, sku: str, on: date) -> Decimal:
        """The price of one piece for a customer on a day."""
        return self._agreed.get((customer, sku)) or self.list_price(sku, on)

    # --- Codes ------------------------------------------------------------------------------------------------------

    def buyer_code(self, customer: str, sku: str) -> str:
        """How a customer that orders by spreadsheet calls an item."""
        place = list(self.items).index(sku)
        return f"{int(customer[2:]):02d}{place * 7 + 1013:05d}"
