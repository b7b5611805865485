"""The desk's addresses of automations."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views.settings import automations as views

_ONE = "settings/automations/<int:automation_id>"

urlpatterns: list[URLPattern] = [
    path("settings/automations/", views.page, name="automations"),
    path(f"{_ONE}/", views.one, name="automation"),
    path(f"{_ONE}/change/", views.change, name="automation_change"),
    path(f"{_ONE}/switch/", views.switch, name="automation_switch"),
    path(f"{_ONE}/end/", views.end, name="automation_end"),
]
