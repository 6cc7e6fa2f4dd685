"""The addresses of this room alone, and the one of the language that every page has."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.i18n import set_language

from promesa.access.doors import open_to_all, requires


def forgotten(request: HttpRequest) -> HttpResponse:
    """A page that says nothing about who may see it."""
    return HttpResponse("secret")


@requires("manage_people")
def people(request: HttpRequest) -> HttpResponse:
    """A page for those who manage people."""
    return HttpResponse("people")


urlpatterns = [
    path("language", open_to_all(set_language), name="set_language"),
    path("", include("promesa.access.urls")),
    path("forgotten", forgotten),
    path("people", people),
]
