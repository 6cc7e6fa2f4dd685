"""Mending what keeps documents from becoming orders: a form for each door, prefilled from what the document said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from promesa.catalog.queries import item
from promesa.core.actors import Actor
from promesa.core.ui.format import UNITS
from promesa.customers.queries import id_of
from promesa.desk.fields import CustomerField, ItemField, NumberField, unit_choices
from promesa.desk.queries.intake import customers_of, sku_of, tax_codes
from promesa.exchange import operations
from promesa.exchange.operations import PlaceDraft, Rerun
from promesa.exchange.queries import Repair

ZERO = Decimal(0)


class MapParty(forms.Form):
    """Whose code it is."""

    customer = CustomerField(help_text=gettext_lazy("Type a name or a number."))


class CreateCustomer(forms.Form):
    """The customer that a document names, with the place that it names."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    number = forms.CharField(label=gettext_lazy("Number"), max_length=40)
    tax_id = forms.CharField(label=gettext_lazy("Tax number"), max_length=30, required=False)
    country = forms.RegexField(r"^[A-Za-z]{2}$", label=gettext_lazy("Country"), max_length=2)
    currency = forms.RegexField(r"^[A-Za-z]{3}$", label=gettext_lazy("Currency"), max_length=3)
    place_number = forms.CharField(
        label=gettext_lazy("Place of delivery: number or GLN"), max_length=40, required=False
    )
    place_name = forms.CharField(label=gettext_lazy("Place of delivery: name"), max_length=200, required=False)
    street = forms.CharField(label=gettext_lazy("Street"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)


class CreateSite(forms.Form):
    """A further place of delivery."""

    number = forms.CharField(label=gettext_lazy("Number"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    street = forms.CharField(label=gettext_lazy("Street"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    country = forms.RegexField(r"^[A-Za-z]{2}$", label=gettext_lazy("Country"), max_length=2)


class MapItemCode(forms.Form):
    """Which item a code means."""

    sku = ItemField(label=gettext_lazy("Our item"), help_text=gettext_lazy("Type a name or a code."))
    unit_code = forms.ChoiceField(
        label=gettext_lazy("In this unit"), choices=lambda: unit_choices(empty=True), required=False
    )


class CreateItem(forms.Form):
    """The item that a code means."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    sku = forms.CharField(label=gettext_lazy("Our code (SKU)"), max_length=60)
    unit = forms.ChoiceField(label=gettext_lazy("Base unit"), choices=unit_choices)
    tax_code = forms.ChoiceField(label=gettext_lazy("Tax"), choices=lambda: [(code, code) for code in tax_codes()])
    price = NumberField(label=gettext_lazy("Price of one, net"), least=ZERO, required=False)
    currency = forms.RegexField(r"^[A-Za-z]{3}$", label=gettext_lazy("Currency"), max_length=3)


class MapUnit(forms.Form):
    """What a unit means, and how much one holds."""

    unit_code = forms.ChoiceField(label=gettext_lazy("It means"), choices=unit_choices)
    units = forms.IntegerField(
        label=gettext_lazy("Base units in one"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=gettext_lazy("Only if the item does not have this pack yet."),
    )


class SetPrice(forms.Form):
    """A price where there is none."""

    price = NumberField(label=gettext_lazy("Price of one base unit, net"), least=ZERO)
    for_whom = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[("all", gettext_lazy("everybody (general list)")), ("one", gettext_lazy("this customer only"))],
    )


class SetTaxRate(forms.Form):
    """A tax rate where there is none."""

    rate = NumberField(label=gettext_lazy("Rate, %"), least=ZERO, most=Decimal(100), places=3)
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=[
            ("S", gettext_lazy("taxed")),
            ("Z", gettext_lazy("zero rate")),
            ("E", gettext_lazy("exempt")),
            ("AE", gettext_lazy("reverse charge")),
        ],
    )


@dataclass(frozen=True, slots=True)
class Door:
    """One way to mend a cause: the right that it needs, its words, its form, what it does."""

    verb: str
    title: str | Promise
    button: str | Promise
    form: type[forms.Form]
    prefill: Callable[[Repair, Mapping[str, Any]], dict[str, Any]]
    call: Callable[[Repair, dict[str, Any], Actor, datetime], list[Rerun]]


# --- What the document says ------------------------------------------------------------------------------------------


def _party(neutral: Mapping[str, Any], *roles: str) -> Mapping[str, Any]:
    parties = neutral.get("parties", {})
    return next((parties[role] for role in roles if role in parties), {})


def _customer_said(repair: Repair, neutral: Mapping[str, Any]) -> dict[str, Any]:
    buyer, place = _party(neutral, "buyer", "invoicee"), _party(neutral, "ship_to", "buyer")
    invoicee = _party(neutral, "invoicee", "buyer")
    country = next((one["country"] for one in (buyer, place, invoicee) if one.get("country")), "ES")
    return {
        "name": buyer.get("name") or repair.text or invoicee.get("name") or repair.received,
        "number": repair.received,
        "tax_id": buyer.get("tax_id") or invoicee.get("tax_id") or "",
        "country": country[:2],
        "currency": neutral.get("currency") or "EUR",
        "place_number": place.get("gln") or place.get("code") or "1",
        "place_name": place.get("name") or buyer.get("name") or "",
        "street": place.get("street") or "",
        "postcode": place.get("postcode") or "",
        "city": place.get("city") or "",
    }


def _place_said(repair: Repair, neutral: Mapping[str, Any]) -> dict[str, Any]:
    place = _party(neutral, "ship_to", "buyer")
    return {
        "number": repair.received or place.get("gln") or place.get("code") or "1",
        "name": place.get("name") or repair.received or repair.customer,
        "street": place.get("street") or "",
        "postcode": place.get("postcode") or "",
        "city": place.get("city") or "",
        "country": (place.get("country") or repair.country or "ES")[:2],
    }


def _line_said(repair: Repair, neutral: Mapping[str, Any]) -> Mapping[str, Any]:
    names = ("gtin", "seller_code", "buyer_code")
    lines: Sequence[Mapping[str, Any]] = neutral.get("lines", ())
    return next((line for line in lines if repair.received in [line.get(name) for name in names]), {})


def _item_said(repair: Repair, neutral: Mapping[str, Any]) -> dict[str, Any]:
    line = _line_said(repair, neutral)
    price, unit = _decimal(repair.price or line.get("price")), line.get("unit_code")
    return {
        "name": repair.text or line.get("text") or repair.received,
        "sku": repair.received,
        "unit": unit if unit in UNITS["en"] else "C62",
        "price": price,
        "currency": repair.currency or "EUR",
    }


def _decimal(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text)) if text else None
    except ArithmeticError:
        return None


# --- What each door does ---------------------------------------------------------------------------------------------


def _map_party(repair: Repair, said: dict[str, Any], by: Actor, at: datetime) -> list[Rerun]:
    customer_id = id_of(number=said["customer"])
    return [operations.map_party(code=repair.received, customer_id=customer_id, by=by, at=at)]


def _create_customer(repair: Repair, said: dict[str, Any], by: Actor, at: datetime) -> list[Rerun]:
    country = said["country"].upper()
    place = PlaceDraft(
        number=said["place_number"] or "1", gln=said["place_number"], name=said["place_name"] or said["name"],
        street=said["street"], postcode=said["postcode"], city=said["city"], country=country,
    )  # fmt: skip
    return [
        operations.create_customer_for(
            code=repair.received, name=said["name"], number=said["number"], tax_id=said["tax_id"], country=country,
            currency=said["currency"].upper(), places=[place], by=by, at=at,
        )
    ]  # fmt: skip


def _create_site(repair: Repair, said: dict[str, Any], by: Actor, at: datetime) -> list[Rerun]:
    assert repair.customer_id is not None
    place = PlaceDraft(
        number=said["number"], gln=said["number"], name=said["name"], street=said["street"], postcode=said["postcode"],
        city=said["city"], country=said["country"].upper(),
    )  # fmt: skip
    return [operations.create_site_for(customer_id=repair.customer_id, place=place, by=by, at=at)]


def _map_item_code(repair: Repair, said: dict[str, Any], by: Actor, at: datetime) -> list[Rerun]:
    """A code that several customers send is mapped for each of them."""
    sku = item(sku=said["sku"])["sku"]
    ids = [repair.customer_id] if repair.customer_id else [one[0] for one in customers_of(order_ids=repair.order_ids)]
    return [
        operations.map_item_code(
            customer_id=customer_id, code=repair.received, sku=sku, unit_code=said["unit_code"], by=by, at=at
        )
        for customer_id in ids
    ]


def _create_item(repair: Repair, said: dict[str, Any], by: Actor, at: datetime) -> list[Rerun]:
    return [
        operations.create_missing_item(
            code=repair.received, name=said["name"], sku=said["sku"], unit=said["unit"], tax_code=said["tax_code"],
            price=said["price"], currency=said["currency"].upper(), customer_id=repair.customer_id, by=by, at=at,
        )
    ]  # fmt: skip


def _map_unit(repair: Repair, said: dict[str, Any], by: Actor, at: datetime) -> list[Rerun]:
    assert repair.customer_id is not None
    sku = sku_of(item_id=repair.item_id) if repair.item_id else ""
    return [
        operations.map_unit(
            customer_id=repair.customer_id, received=repair.received, unit_code=said["unit_code"], sku=sku,
            units=said["units"] or 0, by=by, at=at,
        )
    ]  # fmt: skip


def _set_price(repair: Repair, said: dict[str, Any], by: Actor, at: datetime) -> list[Rerun]:
    customer_id = repair.customer_id if said["for_whom"] == "one" else None
    return [
        operations.set_missing_price(
            sku=repair.received,
            price=said["price"],
            currency=repair.currency or "EUR",
            customer_id=customer_id,
            by=by,
            at=at,
        )
    ]


def _set_tax_rate(repair: Repair, said: dict[str, Any], by: Actor, at: datetime) -> list[Rerun]:
    return [
        operations.set_missing_tax_rate(
            code=repair.received, country=repair.country, rate=said["rate"], category=said["category"], by=by, at=at
        )
    ]


DOORS: dict[str, Door] = {
    "map_party": Door(
        "change_item_code", gettext_lazy("It is a customer of ours"), gettext_lazy("Remember it and run again"), MapParty,
        lambda repair, neutral: {}, _map_party,
    ),
    "create_customer_for": Door(
        "change_customer", gettext_lazy("Create the customer"), gettext_lazy("Create and run again"), CreateCustomer,
        _customer_said, _create_customer,
    ),
    "create_site_for": Door(
        "change_customer", gettext_lazy("Create the place of delivery"), gettext_lazy("Create and run again"), CreateSite,
        _place_said, _create_site,
    ),
    "map_item_code": Door(
        "change_item_code", gettext_lazy("It is an item of ours"), gettext_lazy("Remember it and run again"), MapItemCode,
        lambda repair, neutral: {}, _map_item_code,
    ),
    "create_missing_item": Door(
        "change_item", gettext_lazy("Create the item"), gettext_lazy("Create and run again"), CreateItem, _item_said,
        _create_item,
    ),
    "map_unit": Door(
        "change_item_code", gettext_lazy("Say what the unit means"), gettext_lazy("Remember it and run again"), MapUnit,
        lambda repair, neutral: {}, _map_unit,
    ),
    "set_missing_price": Door(
        "change_price", gettext_lazy("Give it a price"), gettext_lazy("Set the price and run again"), SetPrice,
        lambda repair, neutral: {"price": _decimal(repair.price)}, _set_price,
    ),
    "set_missing_tax_rate": Door(
        "change_price", gettext_lazy("Say the tax rate"), gettext_lazy("Set the rate and run again"), SetTaxRate,
        lambda repair, neutral: {}, _set_tax_rate,
    ),
}  # fmt: skip


class ByNear(NamedTuple):
    """The door that a proposal goes through, and the field that it fills."""

    name: str
    field: str


NEAR = {"unknown_item": ByNear("map_item_code", "sku"), "unknown_buyer": ByNear("map_party", "customer")}
NOWHERE = ByNear("", "")


def same_cause(one: Repair, code: str, received: str, customer_id: int | None) -> bool:
    """Whether a cause is the one that a form was drawn for."""
    return one.code == code and one.received == received and one.customer_id == customer_id
