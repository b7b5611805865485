from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenantline.tenants"
    label = "tenants"
