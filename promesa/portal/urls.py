"""Addresses of the customers' pages, all under /portal."""

from django.urls import path, re_path

from promesa.portal import form_views, notice_views, views

urlpatterns = [
    path("portal", views.orders, name="portal"),
    path("portal/orders/new", form_views.new_order, name="portal_new"),
    path("portal/orders/new/quote", form_views.quote, name="portal_quote"),
    path("portal/orders/new/items", form_views.items, name="portal_items"),
    path("portal/orders/<number>", views.order, name="portal_order"),
    path("portal/orders/<number>/why", views.why, name="portal_why"),
    path("portal/notices", notice_views.notices, name="portal_notices"),
    re_path(r"^portal/notices/(?P<notice_id>[0-9]{1,17})$", notice_views.notice, name="portal_notice"),
    re_path(r"^portal/notices/(?P<notice_id>[0-9]{1,17})/answer$", notice_views.answer, name="portal_answer"),
]
