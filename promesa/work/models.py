"""Something that needs a person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from promesa.work.states import WorkState


class WorkItem(models.Model):
    """One thing to decide or do. Its subject is `kind:id`, such as `order:17` or `document:4`."""

    kind = models.CharField(max_length=40, help_text="hold, document, shortage, late_line, reminder ...")
    subject = models.CharField(max_length=60)
    key = models.CharField(max_length=120, help_text="one open item for the same thing")
    role = models.CharField(max_length=20, help_text="the role that has the ball")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="work_items")
    customer_id = models.BigIntegerField(null=True, db_index=True)
    title = models.JSONField(help_text="code and params of the sentence")
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=WorkState.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], condition=Q(state="open"), name="work_open_once")]
        indexes = [
            models.Index(fields=["role", "due_at"], name="work_queue", condition=Q(state="open")),
            models.Index(fields=["subject"], name="work_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
