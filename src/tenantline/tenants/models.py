from django.db import models
from django.db.models import Q

from tenantline.facilities.models import Facility, Unit


class Language(models.TextChoices):
    """Languages that the form and the texts are written in."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Spanish"


class DeliveryMethod(models.TextChoices):
    """How letters reach a tenant unless the letter says otherwise."""

    PRINT = "print", "Print"
    EMAIL = "email", "E-mail"
    SMS = "sms", "SMS"


class Tenant(models.Model):
    """A person or company that rents at one facility."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    external_id = models.CharField(max_length=80, null=True)  # noqa: DJ001 - null: none, unique otherwise
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    # Where paper goes, as the window of an envelope shows it.
    street = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    timezone = models.CharField(
        max_length=64, blank=True
    )  # R6: staff confirmed it for this address
    home_phone = models.CharField(max_length=40, blank=True)  # never texted
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    delivery_method = models.CharField(
        max_length=5, choices=DeliveryMethod, default=DeliveryMethod.PRINT
    )
    statements_by_sms = models.BooleanField(default=False)
    legal_email = models.BooleanField(default=False)  # R14: the rental agreement permits it
    # Kept by ``billing`` and written there alone: the balance is the sum of the entries (ADR 21).
    autopay_method = models.CharField(max_length=8, default="NET")
    autopay_day = models.PositiveSmallIntegerField(null=True)  # of the month
    balance_cents = models.BigIntegerField(default=0)
    paid_through = models.DateField(null=True)  # as the management system last said
    notes = models.TextField(blank=True)
    search_text = models.TextField(default="")  # lower-case name, units, numbers, e-mail
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "external_id"],
                condition=Q(external_id__isnull=False),
                name="external_id_once_per_facility",
            )
        ]
        indexes = [models.Index(fields=["facility", "name", "id"])]

    def __str__(self) -> str:
        return self.name


class Rental(models.Model):
    """That a tenant rents a unit, from a day until a day (null: still does).

    ``unit`` is null where only the fact of the tenancy is known.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="rentals")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class NumberPeriod(models.Model):
    """That a tenant holds a mobile number, from an instant until an instant (R4).

    Consent belongs to the period: a new number is a new period, and going back to an old number
    is a new one as well.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="periods")
    number = models.CharField(max_length=20, db_index=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=12, blank=True)  # changed, removed, passed_on

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(ended_at=None), name="one_current_number"
            )
        ]


class NumberQuestion(models.Model):
    """R15: a number that another tenant holds or held. Staff say: same phone, or passed on?"""

    number = models.CharField(max_length=20)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=9, blank=True)  # shared, passed_on, moot
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=150, blank=True)
