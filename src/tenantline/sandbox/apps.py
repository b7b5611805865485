from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "tenantline.sandbox"
    label = "sandbox"
