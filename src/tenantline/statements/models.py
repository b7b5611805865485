"""Tables of statements: what was issued, for good; how each went out; sheets; links."""

from django.db import models
from django.db.models import Q

from tenantline.conversations.models import Message
from tenantline.facilities.models import Facility
from tenantline.mail.models import Email
from tenantline.printing import models as printing
from tenantline.tenants.models import NumberPeriod, Tenant


class Statement(models.Model):
    """One statement as it was issued. Append-only (kernel/walls.py): later entries alter nothing.

    ``content`` is the canonical JSON of ``content.Content``, ``digest`` its SHA-256. ``number``
    counts a tenant's statements for the period; one above 1 corrects those before it.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="statements")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)  # YYYY-MM
    number = models.PositiveSmallIntegerField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    closing_cents = models.BigIntegerField()
    issued_at = models.DateTimeField()
    by_kind = models.CharField(max_length=8)
    by_ref = models.CharField(max_length=40, blank=True)
    by_name = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "period", "number"], name="statement_once_for_a_period"
            )
        ]
        indexes = [models.Index(fields=["facility", "period"])]


class Delivery(models.Model):
    """That a statement was sent on its way: by which method and why by that one.

    ``why_code`` and ``why`` are empty where it goes as was wanted. A text is in ``message``, an
    e-mail in ``email``; what goes by print waits until ``printed_at``, its first printing.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="deliveries")
    method = models.CharField(max_length=5)
    why_code = models.CharField(max_length=32, blank=True)
    why = models.CharField(max_length=300, blank=True)
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT)
    email = models.ForeignKey(Email, null=True, on_delete=models.PROTECT)
    printed_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150)

    class Meta:
        indexes = [
            models.Index(fields=["at"], condition=Q(method="sms"), name="statement_texts"),
            models.Index(
                fields=["statement"],
                condition=Q(method="print", printed_at=None),
                name="statements_to_print",
            ),
        ]


class Sheet(printing.Sheet):
    """One statement of a printing."""

    paper = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="sheets")


class Link(models.Model):
    """The link in a statement's text: a random token, kept as its hash (ADR 12, R13).

    It belongs to the number period it was texted to. ``wrong`` counts wrong answers; at five it is
    locked. ``opened_at`` is the first right answer, ``last_opened_at`` the latest.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="links")
    period = models.ForeignKey(NumberPeriod, on_delete=models.PROTECT)
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    dead_at = models.DateTimeField(null=True)
    wrong = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    last_opened_at = models.DateTimeField(null=True)
    opened_times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement"], condition=Q(dead_at=None), name="one_living_statement_link"
            )
        ]
