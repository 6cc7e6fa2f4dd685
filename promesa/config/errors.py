"""What is answered when no page can be: the sentence, the way on, and the number to give when asking for help."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.utils import translation

from promesa.config.logs import request_id
from promesa.core.errors import Refused
from promesa.core.words import register, say

# Statuses that have a page of their own; the others are told like a refusal.
PAGES = {400, 403, 404, 409, 500}

register(
    {
        "busy": (
            "Ahora hay demasiado trabajo a la vez. No se ha cambiado nada: pruebe de nuevo en unos segundos.",
            "Too much is going on at once. Nothing was changed: try again in a few seconds.",
        ),
        "bad_request": (
            "La petición no se entiende. Vuelva atrás y pruebe de nuevo.",
            "The request cannot be understood. Go back and try again.",
        ),
        "no_such_address": ("Esta dirección no existe.", "There is no such address."),
        "defect": (
            "Algo ha fallado en Promesa. No se ha cambiado nada; el fallo ha quedado anotado.",
            "Something failed in Promesa. Nothing was changed; the fault has been noted.",
        ),
    }
)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def told(request: HttpRequest, *, code: str, message: str, status: int, **facts: object) -> HttpResponse:
    """The answer to a person or to a program."""
    if wants_json(request):
        subject, errors = facts.get("subject", ""), facts.get("errors", [])
        return JsonResponse({"code": code, "message": message, "subject": subject, "errors": errors}, status=status)
    page = f"core/{status if status in PAGES else 409}.html"
    context = {"code": code, "sentence": message, "request_id": request_id.get(), **facts}
    return render(request, page, context, status=status)


def in_words(request: HttpRequest, *, code: str, status: int) -> HttpResponse:
    """The answer for something that no verb refused."""
    return told(request, code=code, message=say(code, {}, translation.get_language() or "es"), status=status)


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer for a refusal."""
    errors = getattr(refused, "errors", [])
    message = refused.sentence(translation.get_language() or "es")
    return told(
        request, code=refused.code, message=message, status=refused.status, subject=refused.subject, errors=errors
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return in_words(request, code="bad_request", status=400)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return in_words(request, code="not_allowed", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return in_words(request, code="no_such_address", status=404)


def defect(request: HttpRequest) -> HttpResponse:
    """A bug. Even when the pages themselves are broken, there is a sentence."""
    try:
        return in_words(request, code="defect", status=500)
    except (TemplateDoesNotExist, ValueError, KeyError, AttributeError):
        return HttpResponseServerError(say("defect", {}, "es"), content_type="text/plain; charset=utf-8")


def unprotected(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: usually a page that was open since before the last sign-in."""
    context = {"request_id": request_id.get()}
    return render(request, "core/csrf.html", context, status=403)
