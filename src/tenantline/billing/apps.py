from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "tenantline.billing"
    label = "billing"
