"""Addresses: the API under /api/v1, the customers' pages under /portal, everything else is the staff's application."""

from importlib.util import find_spec

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from promesa.access.doors import open_to_all
from promesa.config import api
from promesa.config.language import set_language

urlpatterns: list[URLPattern | URLResolver] = [
    *api.urlpatterns,
    path("language", open_to_all(set_language), name="set_language"),
    path("", include("promesa.access.urls")),
    path("", include("promesa.portal.urls")),
]
if find_spec("promesa.desk.urls"):
    urlpatterns.append(path("", include("promesa.desk.urls")))

handler400 = "promesa.config.errors.bad_request"
handler403 = "promesa.config.errors.not_allowed"
handler404 = "promesa.config.errors.not_found"
handler500 = "promesa.config.errors.defect"
