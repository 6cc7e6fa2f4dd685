"""Exchange: what comes in and what each document becomes; what goes out and whether it got there."""

from django.apps import AppConfig

from promesa.exchange import labels as labels
from promesa.exchange import labels_erp as labels_erp
from promesa.exchange import labels_mail as labels_mail
from promesa.exchange import labels_out as labels_out
from promesa.exchange import labels_routes as labels_routes


class ExchangeConfig(AppConfig):
    name = "promesa.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
