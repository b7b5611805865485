from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "tenantline.api"
    label = "api"
