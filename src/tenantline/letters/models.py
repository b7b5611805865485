"""Tables of letters: the letter, its versions (which only grow), what was issued, its sheets."""

from django.db import models
from django.db.models import Q

from tenantline.conversations.models import Message
from tenantline.facilities.models import Facility
from tenantline.mail.models import Email
from tenantline.printing import models as printing
from tenantline.tenants.models import Tenant


class Letter(models.Model):
    """A letter's standing: what it is about and how it goes. Its words are in its versions.

    ``facility`` null: for all facilities. ``method`` empty: the tenant's own. Category, legal class
    and method are those of ``letters.rules``.
    """

    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    category = models.CharField(max_length=20)
    legal_class = models.CharField(max_length=12)
    method = models.CharField(max_length=5, blank=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "name"],
                condition=Q(retired_at=None),
                name="letter_name_once_per_facility",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(retired_at=None, facility=None),
                name="letter_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LetterVersion(models.Model):
    """A letter's words from a moment on. Append-only (kernel/walls.py).

    ``bodies`` is ``{"en": {"sms": …, "subject": …, "email": …, "print": …}, "es": …}``; English is
    always there, ``print`` always has words.
    """

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    bodies = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "number"], name="letter_version_once")
        ]


class Notice(models.Model):
    """A letter issued to one tenant: by which method and why, and the words as they were.

    ``wanted`` is the method that was asked for, ``say`` whose say it was (rules.Say), ``skipped``
    what was passed over and why. ``words`` are those of the method, and of a courtesy copy.
    ``occasion``: at most one notice of a letter to a tenant for each. ``cause`` is what must still
    hold when a text leaves (``outbox.causes``).
    """

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="notices")
    version = models.ForeignKey(LetterVersion, on_delete=models.PROTECT)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="notices")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    method = models.CharField(max_length=5)
    wanted = models.CharField(max_length=5)
    say = models.CharField(max_length=6)
    skipped = models.JSONField(default=list)  # [{"method": …, "code": …, "sentence": …}]
    language = models.CharField(max_length=2)
    words = models.JSONField()  # {"sms": …} or {"subject": …, "email": … or "print": …}
    occasion = models.CharField(max_length=120)
    cause = models.CharField(max_length=80, blank=True)
    message = models.OneToOneField(
        Message, null=True, on_delete=models.PROTECT, related_name="notice"
    )
    email = models.OneToOneField(Email, null=True, on_delete=models.PROTECT, related_name="notice")
    printed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "letter", "tenant"], name="one_notice_per_occasion"
            ),
            models.CheckConstraint(
                condition=Q(method="sms", message__isnull=False, email__isnull=True)
                | Q(method="email", email__isnull=False)
                | Q(method="print", email__isnull=True),
                name="notice_has_its_way",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-issued_at"]),
            models.Index(
                fields=["facility", "id"],
                condition=Q(method="print", printed_at=None, withdrawn_at=None),
                name="notices_to_print",
            ),
        ]


class Sheet(printing.Sheet):
    """One letter of a printing."""

    paper = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="sheets")
