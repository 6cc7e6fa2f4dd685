"""Forms of signing in and of one's own account: shape only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


def _password(label: Any, **attributes: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=4096, strip=False, widget=forms.PasswordInput(attrs=attributes))


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = _password(_("Password"), autocomplete="current-password")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("The six digits that your app shows now, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class ConfirmForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=7,
        help_text=_("The six digits that your app shows now."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Appearance"), choices=[("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]
    )


class PasswordForm(forms.Form):
    current = _password(_("Current password"), autocomplete="current-password")
    password = _password(_("New password"), autocomplete="new-password")
    again = _password(_("New password again"), autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two are not the same."))
        return cleaned


class OffForm(forms.Form):
    current = _password(_("Current password"), autocomplete="current-password")
