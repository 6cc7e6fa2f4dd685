"""Work: whatever needs a person."""

from django.apps import AppConfig

from promesa.work import labels as labels


class WorkConfig(AppConfig):
    name = "promesa.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"
