from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "tenantline.kernel"
    label = "kernel"

    def ready(self) -> None:
        # The one signal in the house: a migration may rebuild a table and silently drop its
        # triggers, so the walls are raised again after every migrate, from one place. Of the
        # signals, which come one an app when all is migrated, one is heard: the walls are many.
        from tenantline.kernel import walls  # noqa: PLC0415 - needs the settings

        post_migrate.connect(
            walls.raise_after_migrate,
            sender=apps.get_app_config("contenttypes"),
            dispatch_uid="kernel.walls",
        )
