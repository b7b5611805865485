"""The desk's addresses of statements."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views import tenant_statements as views

_TENANT = "tenants/<int:tenant_id>/statements"

urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/issue/", views.issue, name="statement_issue"),
    path(f"{_TENANT}/<int:statement_id>/again/", views.again, name="statement_again"),
    path(f"{_TENANT}/<int:statement_id>/pdf/", views.pdf_file, name="statement_file"),
]
