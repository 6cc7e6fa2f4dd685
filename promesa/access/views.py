"""Signing in and out, and one's own account."""

from __future__ import annotations

import io
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from promesa.access import operations, queries
from promesa.access.doors import actor, open_to_all, requires
from promesa.access.forms import CodeForm, ConfirmForm, OffForm, PasswordForm, PreferencesForm, SignInForm
from promesa.access.labels import role_name
from promesa.access.models import User
from promesa.core import words
from promesa.core.errors import Refused

HALF_SIGNED_IN = "second_factor_awaited"
PATIENCE_SECONDS = 300
BACKEND = "django.contrib.auth.backends.ModelBackend"


def address_of(request: HttpRequest) -> str:
    """Where the request comes from. Behind our own proxy, which is what https means here, it says so."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def _say(code: str, **params: object) -> str:
    return words.say(code, params, get_language() or "es")


def _way_on(request: HttpRequest, wanted: str) -> str:
    """Where the person was going, if that is here."""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else settings.LOGIN_REDIRECT_URL


# --- In and out ----------------------------------------------------------------------------------------------------


@open_to_all
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for user name and password."""
    way_on = _way_on(request, request.GET.get("next", ""))
    if request.method == "GET":
        if request.user.is_authenticated:
            return HttpResponseRedirect(way_on)
        return _no_store(render(request, "access/sign_in.html", {"form": SignInForm()}))
    form = SignInForm(request.POST)
    status = 422
    if form.is_valid():
        tried = operations.try_password(**form.cleaned_data, address=address_of(request), at=timezone.now())
        if tried.user is not None:
            return _let_in(request, tried.user, way_on)
        status = _refuse(form, tried.wait_seconds, "sign_in_refused")
    return _slowed(_no_store(render(request, "access/sign_in.html", {"form": form}, status=status)))


def _refuse(form: SignInForm | CodeForm, wait_seconds: int, code: str) -> int:
    if wait_seconds:
        form.add_error(None, _say("sign_in_slowed", seconds=wait_seconds))
        return 429
    form.add_error(None, _say(code))
    return 422


def _slowed(response: HttpResponse) -> HttpResponse:
    if response.status_code == 429:
        response["Retry-After"] = "5"
    return response


def _let_in(request: HttpRequest, user: User, way_on: str) -> HttpResponse:
    if user.totp_confirmed_at is None:
        return _welcome(request, user, way_on)
    # A new session, in which nothing is known but who showed the password, and when.
    request.session.flush()
    request.session[HALF_SIGNED_IN] = {"user": user.pk, "since": timezone.now().timestamp()}
    address = redirect("sign_in_code").url
    return HttpResponseRedirect(f"{address}?{urlencode({'next': way_on})}" if way_on != "/" else address)


def _welcome(request: HttpRequest, user: User, way_on: str) -> HttpResponse:
    request.session.flush()  # no session survives from before the sign-in, whoever planted it
    login(request, user, backend=BACKEND)
    request.session.save()
    operations.record_session(
        user_id=user.pk,
        session_key=request.session.session_key or "",
        address=address_of(request),
        agent=request.headers.get("User-Agent", ""),
        at=timezone.now(),
    )
    response = HttpResponseRedirect(way_on)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 86400, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@open_to_all
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of somebody who showed the password in the last five minutes."""
    way_on = _way_on(request, request.GET.get("next", ""))
    half = request.session.get(HALF_SIGNED_IN) or {}
    now = timezone.now()
    user = User.objects.filter(pk=half.get("user", 0), is_active=True).first()
    if user is None or now.timestamp() - half.get("since", 0) > PATIENCE_SECONDS:
        return redirect("sign_in")
    if request.method == "GET":
        return _no_store(render(request, "access/sign_in_code.html", {"form": CodeForm()}))
    form, status = CodeForm(request.POST), 422
    if form.is_valid():
        tried = operations.try_code(user=user, code=form.cleaned_data["code"], address=address_of(request), at=now)
        if tried.user is not None:
            return _welcome(request, tried.user, way_on)
        status = _refuse(form, tried.wait_seconds, "code_refused")
    return _slowed(_no_store(render(request, "access/sign_in_code.html", {"form": form}, status=status)))


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if request.user.is_authenticated and request.session.session_key:
        this = [
            one.id
            for one in queries.sessions_of(user_id=request.user.pk, this=request.session.session_key, at=timezone.now())
            if one.is_this
        ]
        for session_id in this:
            operations.end_sessions(user_id=request.user.pk, session_id=session_id)
    logout(request)
    return redirect("sign_in")


# --- One's own account ---------------------------------------------------------------------------------------------


def _me(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


@requires("use_account")
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Language and look, password, second factor, where one is signed in."""
    return _account(request)


def _account(request: HttpRequest, *, password_form: PasswordForm | None = None, status: int = 200) -> HttpResponse:
    user = _me(request)
    context = {
        "person": user,
        "role": role_name(user.role, get_language() or "es"),
        "preferences": PreferencesForm(
            initial={"language": user.language, "theme": user.theme}, prefix="look", use_required_attribute=False
        ),
        "password_form": password_form or PasswordForm(use_required_attribute=False),
        "form": password_form,
        "sessions": queries.sessions_of(user_id=user.pk, this=request.session.session_key or "", at=timezone.now()),
        "codes_left": queries.recovery_codes_left(user_id=user.pk) if user.totp_confirmed_at else 0,
    }
    return _no_store(render(request, "access/account.html", context, status=status))


@requires("use_account")
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep language and look."""
    form = PreferencesForm(request.POST, prefix="look")
    if form.is_valid():
        operations.set_preferences(user_id=_me(request).pk, **form.cleaned_data)
        response = redirect("account")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], max_age=365 * 86400, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
        response.delete_cookie("promesa_theme")
        messages.success(request, gettext("Saved."))
        return response
    return redirect("account")


@requires("use_account")
@sensitive_post_parameters("current", "password", "again")
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; all other sessions end."""
    form = PasswordForm(request.POST, use_required_attribute=False)
    if form.is_valid():
        try:
            user = operations.change_own_password(
                user_id=_me(request).pk,
                current=form.cleaned_data["current"],
                password=form.cleaned_data["password"],
                by=actor(request),
                at=timezone.now(),
            )
        except operations.WrongPassword as refused:
            form.add_error("current", refused.sentence(get_language() or "es"))
        except operations.PasswordRefused as refused:
            form.add_error("password", refused.sentence(get_language() or "es"))
        else:
            return _stay_signed_in(request, user)
    return _account(request, password_form=form, status=422)


def _stay_signed_in(request: HttpRequest, user: User) -> HttpResponse:
    request.session.flush()
    login(request, user, backend=BACKEND)
    update_session_auth_hash(request, user)
    request.session.save()
    operations.record_session(
        user_id=user.pk,
        session_key=request.session.session_key or "",
        address=address_of(request),
        agent=request.headers.get("User-Agent", ""),
        at=timezone.now(),
    )
    messages.success(request, gettext("Your password is changed. You are signed out everywhere else."))
    return redirect("account")


@requires("use_account")
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """Sign out of one other place, or of all."""
    one = request.POST.get("session", "")
    operations.end_sessions(
        user_id=_me(request).pk,
        session_id=int(one) if one.isascii() and one.isdecimal() and len(one) < 18 else None,
        but=request.session.session_key or "",
    )
    messages.success(request, gettext("Signed out there."))
    return redirect("account")


# --- The second factor ---------------------------------------------------------------------------------------------


@requires("use_account")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Show the QR code, and turn the second factor on once a code of it is typed."""
    user = _me(request)
    if user.totp_confirmed_at is not None:
        return redirect("account")
    form = ConfirmForm(request.POST or None, use_required_attribute=False)
    operations.begin_second_factor(user_id=user.pk)
    user.refresh_from_db()
    if request.method == "POST" and form.is_valid():
        try:
            codes = operations.confirm_second_factor(
                user_id=user.pk, code=form.cleaned_data["code"], by=actor(request), at=timezone.now()
            )
        except operations.CodeRefused as refused:
            form.add_error("code", refused.sentence(get_language() or "es"))
        else:
            return _no_store(render(request, "access/recovery_codes.html", {"codes": codes}))
    secret = " ".join(user.totp_secret[i : i + 4] for i in range(0, len(user.totp_secret), 4))
    status = 422 if form.errors else 200
    return _no_store(render(request, "access/second_factor.html", {"form": form, "secret": secret}, status=status))


@requires("use_account")
@require_GET
def second_factor_qr(request: HttpRequest) -> HttpResponse:
    """The QR code of a second factor that is not confirmed yet, as a picture."""
    user = _me(request)
    if user.totp_confirmed_at is not None:
        raise Refused
    drawn = io.BytesIO()
    segno.make(operations.begin_second_factor(user_id=user.pk), error="m").save(
        drawn, kind="svg", scale=5, border=3, dark="#16213a", light="#ffffff", xmldecl=False
    )
    return _no_store(HttpResponse(drawn.getvalue(), content_type="image/svg+xml"))


@requires("use_account")
@sensitive_post_parameters("current")
@require_http_methods(["GET", "POST"])
def second_factor_off(request: HttpRequest) -> HttpResponse:
    """Turn the second factor off, by showing the password again."""
    user = _me(request)
    form, status = OffForm(request.POST or None, use_required_attribute=False), 200
    if request.method == "POST":
        if form.is_valid():
            if check_password(form.cleaned_data["current"], user.password):
                operations.drop_second_factor(user_id=user.pk, by=actor(request), at=timezone.now())
                messages.success(request, gettext("The second factor is off."))
                return redirect("account")
            form.add_error("current", _say("wrong_password"))
        status = 422
    return _no_store(render(request, "access/second_factor_off.html", {"form": form}, status=status))


def _no_store(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
