from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "tenantline.runs"
    label = "runs"
