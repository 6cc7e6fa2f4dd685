"""Fulfilment: goods leave and arrive."""

from django.apps import AppConfig

from promesa.fulfilment import labels as labels


class FulfilmentConfig(AppConfig):
    name = "promesa.fulfilment"
    label = "fulfilment"
    default_auto_field = "django.db.models.BigAutoField"
