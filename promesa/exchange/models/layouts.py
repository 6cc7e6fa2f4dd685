"""How senders lay out their papers, learnt from what people corrected."""

from __future__ import annotations

from django.db import models

from promesa.exchange.models.inbox import Document
from promesa.exchange.models.partners import Partner


class Layout(models.Model):
    """One layout of a sender's papers: where its fields stand. A newer lesson on the same paper replaces the older one."""

    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="layouts")
    sender = models.CharField(max_length=80, blank=True, default="", help_text="buyer as the paper names it")
    template = models.JSONField(default=dict)
    learnt_from = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="layout")
    taught_by = models.CharField(max_length=80)
    taught_at = models.DateTimeField()
    active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["partner", "-taught_at"], name="layout_of_partner")]

    def __str__(self) -> str:
        return f"{self.sender} of {self.learnt_from_id}"
