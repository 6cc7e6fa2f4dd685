"""Addresses of the customers' pages, all under /portal."""

from django.urls import path

from promesa.portal import form_views, views

urlpatterns = [
    path("portal", views.orders, name="portal"),
    path("portal/orders/new", form_views.new_order, name="portal_new"),
    path("portal/orders/new/quote", form_views.quote, name="portal_quote"),
    path("portal/orders/new/items", form_views.items, name="portal_items"),
    path("portal/orders/<number>", views.order, name="portal_order"),
    path("portal/orders/<number>/why", views.why, name="portal_why"),
]
