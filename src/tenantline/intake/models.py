from django.db import models
from django.db.models import Q

from tenantline.facilities.models import Line


class InboundCall(models.Model):
    """One text as the carrier handed it to us, stored before it was answered (R8).

    ``line`` is null for a stray: signed with a token of ours, but to a number that is no line
    of ours. ``worked_at`` null closes the gate for ``sender`` until somebody has read it.
    ``handed_at`` is when the carrier called us with it, null where only a reading has found it;
    ``missed`` says that it was found so although a web process listened when it came.
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
    handed_at = models.DateTimeField(null=True)
    missed = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["sender"], condition=Q(worked_at=None), name="unworked_by_sender"),
            models.Index(fields=["sender", "received_at"], name="calls_by_sender"),
            models.Index(fields=["id"], condition=Q(worked_at=None), name="unworked"),
            models.Index(fields=["line", "received_at"], condition=Q(missed=True), name="missed"),
            models.Index(fields=["id"], condition=Q(differs=True), name="differing"),
        ]


class OtherContent(models.Model):
    """What came again under a MessageSid that was known, with other content; each once.

    The first one counts as the text; a STOP in a later one counts all the same.
    """

    call = models.ForeignKey(InboundCall, on_delete=models.PROTECT, related_name="others")
    digest = models.CharField(max_length=64)  # of all that follows
    sender = models.CharField(max_length=64)
    recipient = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    params = models.JSONField()
    received_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "digest"], name="other_content_once")
        ]
        indexes = [models.Index(fields=["id"], condition=Q(worked_at=None), name="unworked_other")]


class FileContent(models.Model):
    """The bytes of a picture or other file, kept once by their hash; part of every backup.

    ``kind`` is what the bytes are, by looking at them; ``width`` and ``height`` are a picture's.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    data = models.BinaryField()
    stored_at = models.DateTimeField()


class FileState(models.TextChoices):
    """What became of a file that came with a text."""

    FETCHING = "fetching", "Being fetched"
    THERE = "there", "There"
    REFUSED = "refused", "Not kept"
    GONE = "gone", "Gone"


class CallFile(models.Model):
    """One picture or other file of an inbound text, fetched after the text was answered.

    ``url`` is as the carrier named it, empty where only a reading found the text (the carrier is
    asked for it then); ``declared`` is the type it named, which is never believed.
    """

    call = models.ForeignKey(InboundCall, on_delete=models.PROTECT, related_name="files")
    nth = models.PositiveSmallIntegerField()
    url = models.TextField(blank=True)
    declared = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=8, choices=FileState, default=FileState.FETCHING)
    problem = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    content = models.ForeignKey(FileContent, null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ("nth",)
        constraints = [models.UniqueConstraint(fields=["call", "nth"], name="file_once_per_call")]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="fetching"), name="files_due")
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
