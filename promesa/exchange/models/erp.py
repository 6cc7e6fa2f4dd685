"""The systems beside this one: how they are reached, which fields are theirs, how far we have read, what we have given."""

from __future__ import annotations

from django.db import models


class ErpSystem(models.Model):
    """One system beside this one."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, help_text="folder or odoo")
    settings = models.JSONField(default=dict, help_text="without secrets")
    secret = models.CharField(max_length=120, blank=True, default="", help_text="name of the place where the secret is")
    owners = models.JSONField(
        default=dict, help_text="who rules a field: {role: {field: erp or promesa}}; * is all others"
    )
    pushes = models.JSONField(default=list, help_text="what goes there: orders, invoices")
    marks = models.JSONField(default=dict, help_text="how far each role was read")
    active = models.BooleanField(default=True)
    pulled_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)
    last_error = models.JSONField(null=True, help_text="code and parameters of a sentence; none while all is well")

    def __str__(self) -> str:
        return self.code


class ErpLink(models.Model):
    """That an order, invoice or delivery is known on both sides, and by which name there."""

    system = models.ForeignKey(ErpSystem, on_delete=models.PROTECT, related_name="links", db_index=False)
    kind = models.CharField(max_length=10, help_text="order, invoice or delivery")
    number = models.CharField(max_length=60, help_text="ours of an order or invoice, theirs of a delivery")
    reference = models.CharField(max_length=80, blank=True, default="", help_text="theirs, or our despatch advice")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.JSONField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "kind", "number"], name="erp_link_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class ErpRefused(models.Model):
    """Rows of another system that were not taken, and why: tried again with every reading until they are."""

    system = models.ForeignKey(ErpSystem, on_delete=models.PROTECT, related_name="refused", db_index=False)
    role = models.CharField(max_length=30, help_text="what the rows are: items, sites, stock, deliveries ...")
    key = models.CharField(max_length=200, help_text="what makes it the same row when it comes again")
    rows = models.JSONField(
        default=list, help_text="the rows to try again; none where the system gives them again itself"
    )
    fault = models.JSONField(help_text="field, received, code and sentence")
    refused_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "role", "key"], name="erp_refused_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.key}"
