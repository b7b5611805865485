from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "tenantline.desk"
    label = "desk"
