"""Who buys: the customer, where goods go, who to call, what was agreed, how much credit is used."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from promesa.core import fields
from promesa.core.models import Calendar


class Segment(models.Model):
    """A group of customers with its own package; tier 1 is served first."""

    code = models.CharField(max_length=20, unique=True)
    name_es = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    tier = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.code


class Customer(models.Model):
    """A company that buys, with the terms in force (they are copied onto each order)."""

    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    tax_id = models.CharField(max_length=30, blank=True, default="")
    gln = models.CharField(max_length=13, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    language = models.CharField(max_length=5, default="es")
    currency = models.CharField(max_length=3, default="EUR")
    country = models.CharField(max_length=2, default="ES")
    segment = models.ForeignKey(Segment, null=True, on_delete=models.PROTECT, related_name="customers")
    service_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="owned_customers"
    )
    # Terms
    payment_days = models.PositiveSmallIntegerField(default=30)
    credit_limit = fields.amount(null=True, help_text="none: no limit agreed, so none is checked")
    invoice_from = models.CharField(max_length=10, default="delivery", help_text="delivery or despatch")
    early_days = models.PositiveSmallIntegerField(default=1)
    late_days = models.PositiveSmallIntegerField(default=0)
    under_percent = fields.rate(default=0)
    over_percent = fields.rate(default=0)
    one_delivery = models.BooleanField(default=False, help_text="all lines in one drop")
    partial_deliveries = models.BooleanField(default=True, help_text="a line may come in parts")
    substitutes = models.BooleanField(default=False)
    price_tolerance_percent = fields.rate(default=0, help_text="difference of price that is let pass, noted")
    version = models.PositiveIntegerField(default=1)
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gln"], condition=~Q(gln=""), name="customer_gln"),
            models.CheckConstraint(
                condition=Q(invoice_from__in=["delivery", "despatch"]), name="customer_invoice_from"
            ),
            models.CheckConstraint(
                condition=Q(credit_limit__isnull=True) | Q(credit_limit__gte=0), name="customer_credit_limit"
            ),
        ]
        indexes = [models.Index(fields=["name"], name="customer_name")]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place of the customer where goods are delivered."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="sites")
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    gln = models.CharField(max_length=13, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    postcode = models.CharField(max_length=20, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    country = models.CharField(max_length=2, default="ES")
    time_zone = models.CharField(max_length=60, default="Europe/Madrid")
    calendar = models.ForeignKey(Calendar, null=True, on_delete=models.PROTECT)
    transit_days = models.PositiveSmallIntegerField(default=1)
    is_default = models.BooleanField(default=False)
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="site_number"),
            models.UniqueConstraint(fields=["customer", "gln"], condition=~Q(gln=""), name="site_gln"),
            models.UniqueConstraint(fields=["customer"], condition=Q(is_default=True), name="one_default_site"),
        ]

    def __str__(self) -> str:
        return self.name


class ReceivingWindow(models.Model):
    """When a site takes goods; the end belongs to it. A site without windows takes them all day, 00:00 to 24:00."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="window_opens_before_it_closes"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="window_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Person(models.Model):
    """Somebody at the customer's."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="people")
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="people")
    name = models.CharField(max_length=120)
    position = models.CharField(max_length=80, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "name"], name="person_of_customer")]

    def __str__(self) -> str:
        return self.name


class CreditStanding(models.Model):
    """The four counters of exposure, in the company's currency, with tax. Its row is the credit lock."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.PROTECT, related_name="standing")
    receivable = fields.amount(default=0)
    delivered_not_invoiced = fields.amount(default=0)
    released_not_delivered = fields.amount(default=0)
    unapplied_credit = fields.amount(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(receivable__gte=0), name="receivable_not_negative"),
            models.CheckConstraint(condition=Q(unapplied_credit__gte=0), name="unapplied_not_negative"),
        ]

    def __str__(self) -> str:
        return f"credit of {self.customer_id}"

    @property
    def exposure(self):  # type: ignore[no-untyped-def]
        return self.receivable + self.delivered_not_invoiced + self.released_not_delivered - self.unapplied_credit
