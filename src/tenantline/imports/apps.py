from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "tenantline.imports"
    label = "imports"
