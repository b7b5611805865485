"""The addresses of opting in at the counter."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views import counter

urlpatterns: list[URLPattern] = [
    path("tenants/<int:tenant_id>/counter/", counter.page, name="counter"),
    path("tenants/<int:tenant_id>/counter/show/", counter.show, name="counter_show"),
    path("tenants/<int:tenant_id>/counter/hand-over/", counter.hand_over, name="counter_hand_over"),
    path("tenants/<int:tenant_id>/counter/end/", counter.end, name="counter_end"),
]
