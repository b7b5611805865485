from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "tenantline.printing"
    label = "printing"
