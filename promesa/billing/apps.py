from django.apps import AppConfig

from promesa.billing import labels as labels


class BillingConfig(AppConfig):
    name = "promesa.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"
