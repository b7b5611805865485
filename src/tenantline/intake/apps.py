from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "tenantline.intake"
    label = "intake"
