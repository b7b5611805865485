from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    name = "tenantline.recovery"
    label = "recovery"
