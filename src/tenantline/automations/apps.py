from django.apps import AppConfig


class AutomationsConfig(AppConfig):
    name = "tenantline.automations"
    label = "automations"
