from datetime import time

from django.db import models
from django.db.models import Q

from tenantline.staff.models import Staff, Token


class Facility(models.Model):
    """A site. Its zone decides quiet hours; its name begins every automatic text."""

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    timezone = models.CharField(max_length=64)
    street = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    phone = models.CharField(max_length=20, blank=True)  # the office, E.164
    email = models.CharField(max_length=254, blank=True)
    # R6: may be narrowed, never widened beyond 8:00-20:00
    window_opens = models.TimeField(default=time(8))
    window_closes = models.TimeField(default=time(20))
    texts_on_sunday = models.BooleanField(default=True)
    chat_days_after_move_out = models.PositiveSmallIntegerField(default=60)  # R15: shorter only
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A storage unit."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "name"], name="unit_once_per_facility")
        ]

    def __str__(self) -> str:
        return self.name


class Carrier(models.TextChoices):
    """Who carries a line's texts."""

    TWILIO = "twilio", "Twilio"
    SANDBOX = "sandbox", "Sandbox"


class Line(models.Model):
    """A number at a carrier that belongs to exactly one facility, with its credentials.

    A facility has one sending line at a time. A replaced or disconnected line keeps its
    credentials: its STOPs are still verified and honoured.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="lines")
    number = models.CharField(max_length=20, unique=True)
    carrier = models.CharField(max_length=8, choices=Carrier, default=Carrier.TWILIO)
    account_sid = models.CharField(max_length=40, db_index=True)
    auth_token_sealed = models.TextField()
    # The token before: Twilio may sign with it until the new one is made the account's primary.
    previous_token_sealed = models.TextField(blank=True)
    previous_token_until = models.DateTimeField(null=True)
    messaging_service_sid = models.CharField(max_length=40, blank=True)
    number_sid = models.CharField(max_length=40, blank=True)
    sending = models.BooleanField(default=True)
    answers_help = models.BooleanField(default=False)  # R16: where the carrier does not
    segments_per_second = models.FloatField(default=1.0)
    segment_price = models.PositiveIntegerField(default=83)  # hundredths of a cent, for estimates
    previous_addresses = models.JSONField(default=dict)  # as found, put back by disconnect
    connected_at = models.DateTimeField()
    disconnected_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_reason = models.CharField(max_length=300, blank=True)
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility"], condition=Q(sending=True), name="one_sending_line"
            )
        ]

    def __str__(self) -> str:
        return self.number


class Membership(models.Model):
    """That a staff member or a token works at a facility (R10)."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.CASCADE)
    token = models.ForeignKey(Token, null=True, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=True) ^ Q(token__isnull=True), name="one_member"
            ),
            models.UniqueConstraint(fields=["facility", "staff"], name="staff_once_per_facility"),
            models.UniqueConstraint(fields=["facility", "token"], name="token_once_per_facility"),
        ]
