from django.apps import AppConfig

from promesa.catalog import labels as labels


class CatalogConfig(AppConfig):
    name = "promesa.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
