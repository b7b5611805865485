"""Addresses of files in."""

from __future__ import annotations

from django.urls import path

from tenantline.desk.views import imports

urlpatterns = [
    path("tenants/import/", imports.page, name="imports"),
    path("tenants/import/<int:job_id>/", imports.one, name="import"),
    path("tenants/import/<int:job_id>/columns/", imports.columns, name="import_columns"),
    path("tenants/import/<int:job_id>/start/", imports.start, name="import_start"),
    path("tenants/import/<int:job_id>/cancel/", imports.cancel, name="import_cancel"),
    path("tenants/import/<int:job_id>/report.csv", imports.report_file, name="import_report"),
]
