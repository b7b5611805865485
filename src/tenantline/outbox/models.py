from django.db import models
from django.db.models import Q

from tenantline.consent.models import Clearance
from tenantline.facilities.models import Facility, Line


class State(models.TextChoices):
    """States of an outgoing text; moves are in ``rules.MOVES``."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    UNKNOWN = "unknown", "Unknown"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    UNDELIVERED = "undelivered", "Not delivered"
    FAILED = "failed", "Failed"
    WITHHELD = "withheld", "Withheld"


class Text(models.Model):
    """One outgoing text. The row is the queue.

    It has no number of its own: where it goes is in its clearance, which cannot be missing,
    shared or changed. Times are UTC.
    """

    clearance = models.OneToOneField(Clearance, on_delete=models.PROTECT)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    line = models.ForeignKey(Line, null=True, on_delete=models.PROTECT)  # set when it leaves
    body = models.TextField()
    segments = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField()  # lower goes first
    automatic = models.BooleanField()
    cause = models.CharField(max_length=80, blank=True)  # kind:id of what it is due to
    withdrawn = models.CharField(max_length=300, blank=True)  # why nobody wants it sent any more
    author_kind = models.CharField(max_length=8)
    author_ref = models.CharField(max_length=40, blank=True)
    author_name = models.CharField(max_length=150)
    quiet_hours_reason = models.CharField(max_length=300, blank=True)
    # R5, empty unless counted: the wording's key, that of the one it was found alike with when it
    # was written (else its own), and all that is compared (``wordings.Wording.stored``).
    wording_key = models.CharField(max_length=16, blank=True)
    alike_key = models.CharField(max_length=16, blank=True)
    wording = models.TextField(blank=True)
    wording_plain = models.BooleanField(default=True)  # its key alone finds it
    counts_as_mass = models.BooleanField()  # R5: replies do not
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    reason_code = models.CharField(max_length=32, blank=True)  # why withheld
    reason = models.CharField(max_length=300, blank=True)
    carrier_sid = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    carrier_rank = models.PositiveSmallIntegerField(default=0)  # R9: never moves down
    error_code = models.CharField(max_length=16, blank=True)
    error_words = models.CharField(max_length=300, blank=True)
    not_before = models.DateTimeField(null=True)
    any_hour_until = models.DateTimeField(null=True)  # R16: a confirmation soon after START
    valid_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField()  # when dispatch should look at it
    waits_for = models.CharField(max_length=32, blank=True)  # why not before next_at
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)  # when it was last taken to be sent
    leased_by = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["facility", "priority", "next_at", "id"],
                condition=Q(state="queued"),
                name="text_queue",
            ),
            models.Index(
                fields=["wording_key", "created_at"],
                condition=Q(counts_as_mass=True),
                name="text_words_typed",
            ),
            models.Index(
                fields=["created_at"], condition=Q(wording_plain=False), name="text_words_seen"
            ),
            models.Index(
                fields=["wording_key", "claimed_at"],
                condition=Q(counts_as_mass=True),
                name="text_words_leaving",
            ),
            models.Index(
                fields=["alike_key", "claimed_at"],
                condition=Q(counts_as_mass=True),
                name="text_alike_leaving",
            ),
            models.Index(
                fields=["state", "leased_until"], condition=Q(state="sending"), name="text_leases"
            ),
        ]


class Attempt(models.Model):
    """One call to the carrier, recorded before it is made. ``token`` travels in the callback."""

    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="attempts")
    token = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # accepted, rejected, retry, unclear, never_taken, or expired: taken, and given back unsent
    outcome = models.CharField(max_length=12, blank=True)
    carrier_sid = models.CharField(max_length=64, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    code = models.CharField(max_length=16, blank=True)
    absent_since = models.DateTimeField(null=True)  # R7: first complete reading without it
    doubtful_sid = models.CharField(max_length=64, blank=True)  # R7: maybe it; a person decides


class Slot(models.Model):
    """A line's pacing: when its next text may leave, and what of its day is used.

    The carriers' ``day`` begins at midnight in Los Angeles; ``daily_segments`` null is no limit.
    """

    line = models.OneToOneField(Line, on_delete=models.CASCADE, primary_key=True)
    free_at = models.DateTimeField()
    daily_segments = models.PositiveIntegerField(null=True)
    day = models.DateField(null=True)
    used = models.PositiveIntegerField(default=0)  # segments of that day


class MassGuard(models.Model):
    """R5: one row, locked while wordings are counted, so that no two texts can both be the fifth.

    One for all wordings, not one for each: nearly the same words have no key in common.
    """

    touched_at = models.DateTimeField(null=True)


class WorkerBeat(models.Model):
    """A worker's sign of life; ``readyz`` and the doctor look for a fresh one.

    ``trouble`` says which of its loops fail and why, empty where all go round.
    """

    name = models.CharField(max_length=80, unique=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    trouble = models.CharField(max_length=300, blank=True)
