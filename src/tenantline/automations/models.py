"""Tables of automations: what is to be done when, and what was done, once for each cause."""

from django.db import models
from django.db.models import Q

from tenantline.billing.models import ReturnedPayment
from tenantline.facilities.models import Facility
from tenantline.letters.models import Letter, Notice
from tenantline.tenants.models import Tenant


class Mode(models.TextChoices):
    """Whether an automation acts."""

    OFF = "off", "Off"
    SIMULATED = "simulated", "Simulated"
    ON = "on", "On"


class Automation(models.Model):
    """When something happens (``rules.WHENS``), a letter is issued by the tenant's method.

    ``facility`` null: at all facilities. ``since``: what happened before is left alone; it is the
    moment of the last change of mode. ``next_scan_at``: when a worker looks again.
    """

    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT)
    when = models.CharField(max_length=16)
    days = models.PositiveSmallIntegerField(default=0)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT)
    mode = models.CharField(max_length=9, choices=Mode, default=Mode.OFF)
    since = models.DateTimeField()
    next_scan_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)


class FiringState(models.TextChoices):
    """What an automation did about a cause."""

    ISSUED = "issued", "Issued"
    SIMULATED = "simulated", "Simulated"
    WITHHELD = "withheld", "Withheld"
    FAILED = "failed", "Failed"


class Firing(models.Model):
    """That an automation has dealt with a cause; there is at most one of each.

    ``cause`` is the key of a ``rules.Fact``. ``method`` is how the letter went, or would have gone;
    ``why`` says why it did not go, or not by the method wanted.
    """

    automation = models.ForeignKey(Automation, on_delete=models.PROTECT, related_name="firings")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=80)
    state = models.CharField(max_length=9, choices=FiringState)
    method = models.CharField(max_length=5, blank=True)
    why = models.CharField(max_length=300, blank=True)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["automation", "cause"], name="one_firing_per_cause"),
            models.CheckConstraint(
                condition=Q(state="issued", notice__isnull=False)
                | (~Q(state="issued") & Q(notice__isnull=True)),
                name="firing_issued_has_notice",
            ),
        ]
        indexes = [models.Index(fields=["automation", "-id"])]


class FailedCorrection(models.Model):
    """That thanks for a payment which came back could not be corrected, and why, when last tried.

    The row goes when the correction has been issued (``automations.corrections``).
    """

    returned = models.OneToOneField(ReturnedPayment, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)
    at = models.DateTimeField()
