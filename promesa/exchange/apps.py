"""Exchange: what comes in, and what each document becomes."""

from django.apps import AppConfig

from promesa.exchange import labels as labels


class ExchangeConfig(AppConfig):
    name = "promesa.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
