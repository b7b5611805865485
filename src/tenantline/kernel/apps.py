from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "tenantline.kernel"
    label = "kernel"

    def ready(self) -> None:
        # The one signal in the house: a migration may rebuild a table and silently drop its
        # triggers, so the walls are raised again after every migrate, from one place.
        from tenantline.kernel import walls  # noqa: PLC0415 - needs the settings

        post_migrate.connect(walls.raise_after_migrate, dispatch_uid="kernel.walls")
