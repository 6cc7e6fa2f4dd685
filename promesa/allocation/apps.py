from django.apps import AppConfig

from promesa.allocation import labels as labels


class AllocationConfig(AppConfig):
    name = "promesa.allocation"
    label = "allocation"
    default_auto_field = "django.db.models.BigAutoField"
