"""Addresses: the API under /api/v1, everything else is the staff's application."""

from importlib.util import find_spec

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
if find_spec("promesa.config.api"):
    urlpatterns.append(path("api/v1/", include("promesa.config.api")))
if find_spec("promesa.desk.urls"):
    urlpatterns.append(path("", include("promesa.desk.urls")))
