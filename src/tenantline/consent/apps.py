from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "tenantline.consent"
    label = "consent"
