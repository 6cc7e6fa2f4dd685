"""Orders: the spine that every other room asks and tells."""

from django.apps import AppConfig

from promesa.orders import labels as labels
from promesa.orders import labels_customer as labels_customer


class OrdersConfig(AppConfig):
    name = "promesa.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"
