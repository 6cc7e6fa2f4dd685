from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import pre_migrate

from promesa.config.server import create_extensions


class ConfigConfig(AppConfig):
    name = "promesa.config"
    label = "config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Indexes of the first migrations rest on extensions, also in a database of the user's and in a test database.
        import_module("promesa.config.wiring").wire()  # the rooms' models exist only now
        pre_migrate.connect(_extensions_first, sender=apps.get_app_config("core"), dispatch_uid="extensions")


def _extensions_first(*, using: str, **_: Any) -> None:
    connection = connections[using]
    connection.ensure_connection()
    create_extensions(connection.connection)
