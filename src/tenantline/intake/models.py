from django.db import models
from django.db.models import Q

from tenantline.facilities.models import Line


class InboundCall(models.Model):
    """One text as the carrier handed it to us, stored before it was answered (R8).

    ``line`` is null for a stray: signed with a token of ours, but to a number that is no line
    of ours. ``worked_at`` null closes the gate for ``sender`` until somebody has read it.
    """

    message_sid = models.CharField(max_length=64, unique=True)
    account_sid = models.CharField(max_length=64)
    line = models.ForeignKey(Line, null=True, on_delete=models.PROTECT)
    sender = models.CharField(max_length=64)
    recipient = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    params = models.JSONField()
    source = models.CharField(max_length=10, default="webhook")  # or "reconcile"
    received_at = models.DateTimeField(db_index=True)
    worked_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    differs = models.BooleanField(default=False)  # came again with other content

    class Meta:
        indexes = [
            models.Index(fields=["sender"], condition=Q(worked_at=None), name="unworked_by_sender"),
            models.Index(fields=["id"], condition=Q(worked_at=None), name="unworked"),
        ]


class StatusCall(models.Model):
    """One status callback as it came; every one is kept (R9).

    ``attempt_token`` is the unguessable id that our request put into the callback's path.
    """

    attempt_token = models.CharField(max_length=64, db_index=True)
    message_sid = models.CharField(max_length=64, db_index=True)
    account_sid = models.CharField(max_length=64)
    status = models.CharField(max_length=32)
    error_code = models.CharField(max_length=16, blank=True)
    params = models.JSONField()
    received_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(worked_at=None), name="unworked_status")]


class Listener(models.Model):
    """A web process that hears the carrier's calls: since when without a gap, and its last beat."""

    name = models.CharField(max_length=80, unique=True)
    since = models.DateTimeField()
    beat_at = models.DateTimeField()


class LineReading(models.Model):
    """The last complete reading of a line's inbound list: when it began (R8)."""

    line = models.OneToOneField(Line, on_delete=models.CASCADE, primary_key=True)
    began_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True)
    problem_at = models.DateTimeField(null=True)
    found = models.PositiveIntegerField(default=0)  # inbound texts only a reading has found
    found_at = models.DateTimeField(null=True)
