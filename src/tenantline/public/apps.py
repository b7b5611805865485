from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "tenantline.public"
    label = "public"
