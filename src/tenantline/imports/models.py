"""Tables of imports: the job, its file while it is needed, what it did row by row."""

from django.db import models

from tenantline.facilities.models import Facility
from tenantline.tenants.models import NumberPeriod


class State(models.TextChoices):
    """Where an import stands."""

    RECEIVING = "receiving", "Being received"
    CHECKING = "checking", "Being read"
    CHECKED = "checked", "Ready to apply"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "The file cannot be used"
    CANCELLED = "cancelled", "Cancelled"


class ImportJob(models.Model):
    """One file for one facility, and how far it has come.

    ``choices`` maps fields to columns over the guess (as ``--map`` does); ``found`` is what the
    guess and the check showed. ``position`` is the line up to which every row is in or refused:
    an import that was interrupted goes on behind it. ``counts`` are rows by outcome.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    source = models.CharField(max_length=8)  # browser, command
    state = models.CharField(max_length=9, choices=State)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, db_index=True)
    choices = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    rows = models.BigIntegerField(default=0)
    read = models.BigIntegerField(default=0)  # rows read so far while it is checked
    position = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    held_until = models.DateTimeField(null=True)  # a worker works on it until then, or renews it
    trouble = models.CharField(max_length=300, blank=True)
    by_kind = models.CharField(max_length=8)
    by_ref = models.CharField(max_length=40, blank=True)
    by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class FilePart(models.Model):
    """A piece of an uploaded file, so that any worker on any machine can read it."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="parts")
    place = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "place"], name="file_part_once")]


class ReportPart(models.Model):
    """What became of the rows of one slice: a list of [line, outcome, reason, tenant id or null].

    ``checked`` parts say what would become of them.
    """

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="report")
    checked = models.BooleanField(default=False)
    lines = models.JSONField()
    refused = models.IntegerField()


class ToldNo(models.Model):
    """That an import's "no" to texts was recorded for this number period.

    A file that goes on saying no is not recorded again; a "yes" in between forgets it.
    """

    period = models.OneToOneField(NumberPeriod, on_delete=models.CASCADE, primary_key=True)
    told_at = models.DateTimeField()
