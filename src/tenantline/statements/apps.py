from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "tenantline.statements"
    label = "statements"
