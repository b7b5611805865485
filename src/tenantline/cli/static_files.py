"""Static files: collected once a version, so that the server need not look for them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from tenantline import __version__
from tenantline.cli.locks import locked

_STAMP: Final = ".collected"
# What django-htmx ships besides the version that our pages use; compressing it takes a while.
_UNUSED: Final = ("htmax-*", "htmx-4*", "htmx-2.js")


def collect_if_stale() -> None:
    """Collect static files into ``STATIC_ROOT`` unless exactly these are there.

    The stamp is taken from every source file's name, size and time of change, so that an upgrade
    and an edited file are both noticed. Files of an earlier version stay: open pages use them.
    """
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    stamp, wanted = root / _STAMP, _fingerprint()
    # Two processes may start at once.
    with locked(root.parent / "static.lock"):
        if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
            return
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=list(_UNUSED))
        stamp.write_text(wanted, encoding="ascii")


def _fingerprint() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list(list(_UNUSED)):
            path = getattr(storage, "prefix", None) or ""
            found = Path(storage.path(name)).stat()
            digest.update(f"\n{path}/{name} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()
