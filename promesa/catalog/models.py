"""What is sold, in which packs, at which price, under which code of the customer's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from promesa.core import fields
from promesa.core.models import Calendar
from promesa.customers.models import Customer


class TaxRate(models.Model):
    """The rate of a category in a country from a day on (EN 16931 category codes: S, AA, Z, E, AE, K, G, O)."""

    code = models.CharField(max_length=20, help_text="our name, such as general, reducido")
    country = models.CharField(max_length=2)
    category = models.CharField(max_length=3)
    rate = fields.rate()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "country", "valid_from"], name="tax_rate_from")]

    def __str__(self) -> str:
        return f"{self.code} {self.country} {self.rate}"


class Supplier(models.Model):
    """A company that we buy items from; it works and delivers on the open days of its calendar."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="Europe/Madrid")
    calendar = models.ForeignKey(Calendar, null=True, on_delete=models.PROTECT)
    active_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """A product or service."""

    sku = models.CharField(max_length=60, unique=True)
    gtin = models.CharField(max_length=14, blank=True, default="", help_text="padded to 14")
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=10, default="goods", help_text="goods or service")
    family = models.CharField(max_length=80, blank=True, default="")
    base_unit = models.CharField(max_length=6, default="C62")
    sales_unit = models.CharField(max_length=6, default="C62", help_text="the unit people speak of")
    tax_code = models.CharField(max_length=20, default="general")
    supplier = models.ForeignKey(Supplier, null=True, on_delete=models.PROTECT, related_name="items")
    lead_days = models.PositiveSmallIntegerField(
        default=0, help_text="business days before it can ship, the supplier's where there is one"
    )
    minimum_life_days = models.PositiveSmallIntegerField(default=0, help_text="life left on arrival")
    minimum_quantity = fields.quantity(default=0)
    weight_kg = fields.quantity(null=True)
    substitute = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="stands_in_for")
    version = models.PositiveIntegerField(default=1)
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gtin"], condition=~Q(gtin=""), name="item_gtin"),
            models.CheckConstraint(condition=Q(kind__in=["goods", "service"]), name="item_kind"),
        ]
        indexes = [models.Index(fields=["name"], name="item_name")]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class Pack(models.Model):
    """A level of the pack hierarchy: one of it holds numerator/denominator base units, exactly."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="packs")
    level = models.CharField(max_length=10, help_text="each, case, layer or pallet")
    unit_code = models.CharField(max_length=6)
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField(default=1)
    gtin = models.CharField(max_length=14, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "unit_code"], name="pack_unit"),
            models.UniqueConstraint(fields=["gtin"], condition=~Q(gtin=""), name="pack_gtin"),
            models.CheckConstraint(condition=Q(numerator__gte=1, denominator__gte=1), name="pack_factor"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_code} of {self.numerator}"


class Substitution(models.Model):
    """That an item may stand in for another, the lower rank first, between two days.

    One base unit of the item is replaced by numerator/denominator base units of its substitute.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="substitutions")
    substitute = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="substitutes_for")
    rank = models.PositiveSmallIntegerField(default=1)
    numerator = models.PositiveIntegerField(default=1)
    denominator = models.PositiveIntegerField(default=1)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "substitute", "valid_from"], name="substitution_from"),
            models.CheckConstraint(condition=Q(numerator__gte=1, denominator__gte=1), name="substitution_factor"),
            models.CheckConstraint(condition=~Q(item=F("substitute")), name="substitution_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.substitute_id} for {self.item_id}"


class PriceList(models.Model):
    """A list of prices in one currency; the default one serves whoever has none of their own."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    is_default = models.BooleanField(default=False)
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency"], condition=Q(is_default=True), name="one_default_list")
        ]

    def __str__(self) -> str:
        return self.code


class Price(models.Model):
    """Price of an item in a list from a quantity on (a break), between two days."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="prices")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="prices")
    unit_price = fields.price(help_text="for `basis_quantity` base units")
    basis_quantity = fields.quantity(default=1)
    minimum_quantity = fields.quantity(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "item", "minimum_quantity", "valid_from"], name="price_break_from"
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0, basis_quantity__gt=0), name="price_positive"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="price_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.unit_price}"


class CustomerPriceList(models.Model):
    """That a customer buys from a list, between two days."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="price_lists")
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="customers")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "valid_from"], name="customer_list_from")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.price_list_id}"


class PriceAgreement(models.Model):
    """A price signed with one customer; it goes before any list."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="price_agreements")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="agreements")
    currency = models.CharField(max_length=3)
    unit_price = fields.price()
    basis_quantity = fields.quantity(default=1)
    minimum_quantity = fields.quantity(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    reference = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "item", "currency", "minimum_quantity", "valid_from"], name="agreement_from"
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0, basis_quantity__gt=0), name="agreement_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.item_id} {self.unit_price}"


class ItemCode(models.Model):
    """How a customer calls an item (cross-reference), in which unit if theirs differs."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="item_codes")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="customer_codes")
    code = models.CharField(max_length=60)
    unit_code = models.CharField(max_length=6, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "code"], name="item_code_of_customer")]

    def __str__(self) -> str:
        return self.code


class UnitAlias(models.Model):
    """What a unit means when a customer writes it in its own way (empty customer: for all)."""

    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="unit_aliases")
    received = models.CharField(max_length=20)
    unit_code = models.CharField(max_length=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "received"], name="unit_alias_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.received} = {self.unit_code}"
