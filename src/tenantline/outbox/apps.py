from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "tenantline.outbox"
    label = "outbox"
