"""The addresses of files to take along."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views import exports

urlpatterns: list[URLPattern] = [
    path("tenants/export.csv", exports.tenants, name="export_tenants"),
    path("tenants/consent.csv", exports.consent, name="export_consent"),
    path("inbox/export/", exports.texts, name="export_texts"),
    path("inbox/export.csv", exports.texts_csv, name="export_texts_csv"),
]
