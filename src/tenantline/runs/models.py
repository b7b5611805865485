"""Tables of runs: the run and one item for each tenant of it."""

from django.db import models

from tenantline.conversations.models import Message
from tenantline.facilities.models import Facility
from tenantline.mail.models import Email
from tenantline.tenants.models import Tenant


class RunState(models.TextChoices):
    """Where a run stands. Moves are in ``runs.rules``."""

    PLANNING = "planning", "Being prepared"
    PLANNED = "planned", "Ready to issue"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"
    DONE = "done", "Done"


class ItemState(models.TextChoices):
    """What became of one tenant's part of a run."""

    WAITING = "waiting", "Waiting"
    ISSUED = "issued", "Issued"
    SKIPPED = "skipped", "Not issued"
    FAILED = "failed", "Failed"


class Run(models.Model):
    """One batch for one facility. ``confirmed``: it is issued as soon as it is prepared.

    ``kind`` is that of ``runs.trades``; ``period`` is the month of statements, ``subject`` the
    version of a letter, ``method`` one that was chosen for all. ``chosen`` are the ids of tenants
    that were picked, null for everybody at the facility. A worker works on it until ``held_until``.
    """

    kind = models.CharField(max_length=12)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    period = models.CharField(max_length=7, blank=True)
    subject = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=5, blank=True)
    chosen = models.JSONField(null=True)
    state = models.CharField(max_length=9, choices=RunState)
    confirmed = models.BooleanField(default=False)
    held_until = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    request_key = models.CharField(max_length=320, null=True, unique=True)  # noqa: DJ001
    request_digest = models.CharField(max_length=64, blank=True)
    by_kind = models.CharField(max_length=8)
    by_ref = models.CharField(max_length=40, blank=True)
    by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["facility", "-id"])]


class Item(models.Model):
    """One tenant of a run: what was planned, and after issuing what came of it.

    ``method`` empty: nothing goes out. ``why_code`` and ``why`` as in ``trades.Planned``; ``code``
    and ``sentence`` say why it was not issued or failed. ``ref`` is what was issued.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT)
    state = models.CharField(max_length=7, choices=ItemState)
    method = models.CharField(max_length=5, blank=True)
    why_code = models.CharField(max_length=32, blank=True)
    why = models.CharField(max_length=300, blank=True)
    segments = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=32, blank=True)
    sentence = models.CharField(max_length=300, blank=True)
    ref = models.CharField(max_length=40, blank=True)
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT)
    email = models.ForeignKey(Email, null=True, on_delete=models.PROTECT)
    next_at = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "tenant"], name="tenant_once_in_a_run")
        ]
        indexes = [models.Index(fields=["run", "state", "id"])]
