from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    name = "tenantline.facilities"
    label = "facilities"
