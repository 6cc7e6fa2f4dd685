"""Addresses of signing in and of one's own account."""

from django.urls import path

from promesa.access import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-in/code", views.sign_in_code, name="sign_in_code"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("account", views.account, name="account"),
    path("account/preferences", views.preferences, name="account_preferences"),
    path("account/password", views.password, name="account_password"),
    path("account/sessions/end", views.end_session, name="account_end_session"),
    path("account/second-factor", views.second_factor, name="second_factor"),
    path("account/second-factor/qr.svg", views.second_factor_qr, name="second_factor_qr"),
    path("account/second-factor/off", views.second_factor_off, name="second_factor_off"),
]
