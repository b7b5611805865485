"""What only the carrier's room keeps: block lists as told to us, which daily lists were read, and
what the sandbox holds.

Texts at Twilio are kept by ``outbox`` and ``conversations``.
"""

from __future__ import annotations

from django.db import models

from tenantline.facilities.models import Line


class Block(models.Model):
    """Whether the carrier blocks a phone for a line, as far as it has let us know.

    It has no list that can be read; it tells by refusing a text (``told_by`` is the error's code)
    and by the keywords that it hands on (``told_by`` is then ``keyword``).
    """

    line = models.ForeignKey(Line, on_delete=models.CASCADE)
    number = models.CharField(max_length=64)
    blocked = models.BooleanField()
    told_by = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="block_once_per_line")
        ]


class DailyList(models.Model):
    """The list of numbers that were deactivated on one day, as asked for with one account.

    ``read_at`` None: it was asked for at ``tried_at`` and has not been read; ``problem`` says why.
    ``named`` and ``parked`` count the numbers on it and those that were parked because of it.
    """

    account_sid = models.CharField(max_length=34)
    day = models.DateField()
    tried_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    named = models.IntegerField(default=0)
    parked = models.IntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_sid", "day"], name="daily_list_once")
        ]


class SandboxDeactivation(models.Model):
    """A number whose owner gave it up, as played on the handset page."""

    number = models.CharField(max_length=20)
    at = models.DateTimeField(db_index=True)


class SandboxText(models.Model):
    """A text that the sandbox carrier took from a line, or that a handset sent to one."""

    class Direction(models.TextChoices):
        """Seen from the desk, as Twilio does."""

        OUT = "out", "to a handset"
        IN = "in", "from a handset"

    sid = models.CharField(max_length=34, unique=True)
    direction = models.CharField(max_length=3, choices=Direction)
    sender = models.CharField(max_length=20)
    recipient = models.CharField(max_length=20)
    body = models.TextField(blank=True)
    at = models.DateTimeField()
    status = models.CharField(max_length=12)
    status_callback = models.TextField(blank=True)
    account_sid = models.CharField(max_length=34)
    callback_done = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["sender", "recipient"], name="sandbox_pair"),
            models.Index(
                fields=["id"], condition=models.Q(callback_done=False), name="sandbox_callbacks_due"
            ),
        ]

    def __str__(self) -> str:
        return self.sid
