from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "tenantline.staff"
    label = "staff"
