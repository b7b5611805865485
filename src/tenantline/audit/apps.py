from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tenantline.audit"
    label = "audit"
