"""Addresses of the staff's pages: what each area lists."""

from importlib import import_module
from pkgutil import iter_modules

from django.urls import URLPattern, URLResolver

from promesa.desk import views

urlpatterns: list[URLPattern | URLResolver] = [
    pattern
    for area in sorted(iter_modules(views.__path__), key=lambda area: area.name)
    for pattern in getattr(import_module(f"promesa.desk.views.{area.name}"), "urlpatterns", [])
]
