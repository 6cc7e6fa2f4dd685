"""Addresses: the API under /api/v1, everything else is the staff's application."""

from importlib.util import find_spec

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from promesa.config.language import set_language

urlpatterns: list[URLPattern | URLResolver] = [path("language", set_language, name="set_language")]
if find_spec("promesa.config.api"):
    urlpatterns.append(path("api/v1/", include("promesa.config.api")))
if find_spec("promesa.desk.urls"):
    urlpatterns.append(path("", include("promesa.desk.urls")))

handler400 = "promesa.config.errors.bad_request"
handler403 = "promesa.config.errors.not_allowed"
handler404 = "promesa.config.errors.not_found"
handler500 = "promesa.config.errors.defect"
