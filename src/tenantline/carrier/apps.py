from django.apps import AppConfig


class CarrierConfig(AppConfig):
    name = "tenantline.carrier"
    label = "carrier"
