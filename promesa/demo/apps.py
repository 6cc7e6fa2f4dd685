"""The demo company: its words stand beside its data, wherever a page or a command speaks of them."""

from django.apps import AppConfig

from promesa.demo import labels as labels


class DemoConfig(AppConfig):
    name = "promesa.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
