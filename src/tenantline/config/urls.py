"""Root addresses. Each room lists its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tenantline.api import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/v1/", include("tenantline.api.urls")),
    path("", include("tenantline.public.urls")),
    path("", include("tenantline.sandbox.urls")),
    path("", include("tenantline.desk.urls")),
]
