"""Results: facts, measures and causes."""

from django.apps import AppConfig

from promesa.results import labels as labels


class ResultsConfig(AppConfig):
    name = "promesa.results"
    label = "results"
    default_auto_field = "django.db.models.BigAutoField"
