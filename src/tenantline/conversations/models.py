from django.db import models
from django.db.models import Q

from tenantline.facilities.models import Facility, Line
from tenantline.intake.models import InboundCall
from tenantline.outbox.models import Text
from tenantline.staff.models import Staff
from tenantline.tenants.models import Tenant


class Conversation(models.Model):
    """All texts between one number and one facility (R12: whoever holds the number).

    ``number`` is E.164, or a short code or sender id as the carrier gave it.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    number = models.CharField(max_length=64)
    last_at = models.DateTimeField()
    last_inbound_at = models.DateTimeField(null=True)
    unread = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=150, blank=True)
    assigned_to = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "number"], name="one_thread_per_number")
        ]
        indexes = [
            models.Index(fields=["-last_at", "-id"], name="threads_newest_first"),
            models.Index(fields=["facility", "-last_at", "-id"], name="facility_threads"),
            models.Index(fields=["facility"], condition=Q(unread__gt=0), name="unread_threads"),
        ]


class Message(models.Model):
    """One text in a conversation, in or out.

    Outgoing ones show their outbox row's state; inbound ones are ``received``. ``tenants`` are
    those who held the number when it came (R12), or the one it was written to.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages"
    )
    direction = models.CharField(max_length=3)  # in, out
    at = models.DateTimeField(db_index=True)
    body = models.TextField()
    media = models.JSONField(default=list)  # [{"type": …, "url": …}] as the carrier named them
    text = models.OneToOneField(Text, null=True, on_delete=models.PROTECT)
    call = models.OneToOneField(InboundCall, null=True, on_delete=models.PROTECT)
    line = models.ForeignKey(Line, null=True, on_delete=models.PROTECT)
    heard_as = models.CharField(max_length=12, blank=True)  # stop, start, help, unclear, or nothing
    heard_words = models.CharField(max_length=200, blank=True)  # the words that decided
    tenants = models.ManyToManyField(Tenant, related_name="messages")

    class Meta:
        indexes = [models.Index(fields=["conversation", "at", "id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(direction="out", text__isnull=False, call__isnull=True)
                | Q(direction="in", text__isnull=True, call__isnull=False),
                name="message_has_its_source",
            )
        ]


class IdempotencyKey(models.Model):
    """That a token asked once, by this key, for this message."""

    token_ref = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    message = models.ForeignKey(Message, on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_ref", "key"], name="key_once_per_token")
        ]


class Stray(models.Model):
    """A signed text to a number that is no line of ours: kept and shown, never lost."""

    call = models.OneToOneField(InboundCall, on_delete=models.PROTECT)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
