"""Starting Django for a command, and the question whether its database can be used."""

from __future__ import annotations

import logging
import os
import pkgutil
from typing import Final

from tenantline.kernel.actor import Actor, system
from tenantline.kernel.errors import TenantlineError

BY: Final[Actor] = system("command line")
"""Who acts when a command writes."""


class NotReady(TenantlineError):
    """The database is not what this version of the program needs."""

    code = "not_ready"


def load(*, quiet: bool = True) -> None:
    """Set Django up; raise ``SettingError`` where the environment cannot be used.

    ``quiet`` (commands that end by themselves) keeps logs off standard error, which is for the
    one sentence. What the process writes, only its own user can read.
    """
    os.umask(0o077)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenantline.config.settings"
    import django
    from django.conf import settings

    if quiet:
        logging.disable(logging.CRITICAL)
        # A pool would wait half a minute for a server that is not there.
        settings.DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
    django.setup()


def load_with_database() -> None:
    """Set Django up for a command that needs a migrated database."""
    load()
    demand_migrated()


def demand_migrated() -> None:
    """Raise ``NotReady`` unless the database has exactly this version's tables."""
    demand_not_newer()
    if _ours() - _applied():
        raise NotReady("The database is not ready; run tenantline init.")


def demand_usable() -> None:
    """Raise unless the database has this version's tables and its secrets open with our key."""
    demand_migrated()
    from tenantline.consent import ledger

    ledger.prepare()


def demand_not_newer() -> None:
    """Raise ``NotReady`` if a newer version of the program has migrated this database."""
    apps = {app for app, _ in _ours()}
    if any(app in apps for app, _ in _applied() - _ours()):
        raise NotReady("The database was made by a newer version of Tenantline; run that version.")


def _ours() -> set[tuple[str, str]]:
    """Return this version's migrations, each as (app, name).

    Their names are enough; to load them would slow every command's start.
    """
    from django.apps import apps

    return {
        (app.label, migration.name)
        for app in apps.get_app_configs()
        for migration in pkgutil.iter_modules([f"{app.path}/migrations"])
    }


def _applied() -> set[tuple[str, str]]:
    """Return the migrations that the database has seen, each as (app, name)."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return set(MigrationRecorder(connection).applied_migrations())
