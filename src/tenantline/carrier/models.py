"""The sandbox carrier's store; texts at Twilio are kept by ``outbox`` and ``conversations``."""

from __future__ import annotations

from django.db import models


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
