"""Reading whether the installation is in recovery."""

from __future__ import annotations

from tenantline.recovery.models import Recovery


def current() -> Recovery | None:
    """R7: return the recovery that the installation is in, None where all is as usual."""
    return Recovery.objects.filter(ended_at=None).order_by("-id").first()


def latest() -> Recovery | None:
    """Return the last recovery, over or not, None where nothing was ever restored."""
    return Recovery.objects.order_by("-id").first()
