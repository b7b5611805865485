"""Tables of accounts: the ledger, which only grows, and what AutoPay is about to draw."""

from django.db import models
from django.db.models import F, Q

from tenantline.facilities.models import Facility
from tenantline.tenants.models import Tenant


class EntryKind(models.TextChoices):
    """What an entry is; ``rules.effect`` says what it adds to the balance."""

    CHARGE = "charge", "Charge"
    PAYMENT = "payment", "Payment"
    CREDIT = "credit", "Credit"
    REVERSAL = "reversal", "Reversal"


class Entry(models.Model):
    """One line of a tenant's account. Append-only (kernel/walls.py): a mistake is reversed.

    ``effect_cents`` is what it adds to the balance, which is the sum of them all (ADR 21).
    ``external_id`` is its id in the system it comes from, ``request_key`` whose request it was.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="entries")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8, choices=EntryKind)
    amount_cents = models.BigIntegerField()
    effect_cents = models.BigIntegerField()
    date = models.DateField()
    due_on = models.DateField(null=True)  # of charges alone
    memo = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    source = models.CharField(max_length=8)
    external_id = models.CharField(max_length=96, null=True)  # noqa: DJ001 - null: none, unique otherwise
    request_key = models.CharField(max_length=320, null=True, unique=True)  # noqa: DJ001
    request_digest = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField()
    by_kind = models.CharField(max_length=8)
    by_ref = models.CharField(max_length=40, blank=True)
    by_name = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "external_id"], name="entry_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="charge", effect_cents=F("amount_cents"), due_on__isnull=False)
                | Q(kind__in=["payment", "credit"], effect_cents=-F("amount_cents"))
                | Q(kind="reversal", effect_cents=F("amount_cents"))
                | Q(kind="reversal", effect_cents=-F("amount_cents")),
                name="entry_sign_by_kind",
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="entry_amount_positive"),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="entry_only_reversals_reverse",
            ),
            models.CheckConstraint(
                condition=Q(kind="charge") | Q(due_on__isnull=True), name="entry_due_if_charge"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "date", "id"])]


class Terms(models.Model):
    """What a facility asks for. No row: nothing is charged for a returned payment."""

    facility = models.OneToOneField(Facility, on_delete=models.CASCADE, primary_key=True)
    returned_fee_cents = models.BigIntegerField(default=0)


class DraftState(models.TextChoices):
    """How far a draft has come; it is carried out by whatever pays, and recorded here."""

    PENDING = "pending", "Pending"
    CANCELLED = "cancelled", "Cancelled"
    DONE = "done", "Done"
    RETURNED = "returned", "Returned"


class Draft(models.Model):
    """An amount that AutoPay draws on a day. A tenant has one pending draft at a time.

    ``payment`` is the entry it became. ``retry_of`` is the payment that was returned and is now
    tried again, ``tries`` how many times it has been tried again by then.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="drafts")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    method = models.CharField(max_length=8)
    amount_cents = models.BigIntegerField()
    draws_on = models.DateField()
    state = models.CharField(max_length=9, choices=DraftState, default=DraftState.PENDING)
    payment = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="draft")
    retry_of = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="retries")
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(state="pending"), name="one_pending_draft"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="draft_amount_positive"),
        ]
        indexes = [models.Index(fields=["facility", "state", "draws_on"])]


class ReturnFileState(models.TextChoices):
    """How far a return file has come."""

    CHECKED = "checked", "Ready to apply"
    APPLIED = "applied", "Applied"
    CANCELLED = "cancelled", "Cancelled"


class ReturnFile(models.Model):
    """A bank's file of returned payments, for one facility.

    Its content is kept sealed until it is applied or cancelled: it holds account numbers.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content_sealed = models.TextField(blank=True)
    made_on = models.DateField()
    bank = models.CharField(max_length=23, blank=True)
    state = models.CharField(max_length=9, choices=ReturnFileState, default=ReturnFileState.CHECKED)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=150)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "digest"], name="return_file_once")
        ]


class ReturnState(models.TextChoices):
    """What became of a return."""

    APPLIED = "applied", "Payment reversed"
    OPEN = "open", "Waits for a person"
    DISMISSED = "dismissed", "Set aside"
    CHANGE = "change", "Change to pass on"
    NOTED = "noted", "Change passed on"


class ReturnedPayment(models.Model):
    """That a payment came back, or that a bank wants something written otherwise (addenda 98).

    ``identity`` is a digest of the records that told it: the same return is taken once, in
    whatever file it comes. ``why_open`` says why no payment was found. ``corrected_sealed`` may
    be an account number, and is wiped once it was passed on.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    file = models.ForeignKey(
        ReturnFile, null=True, on_delete=models.PROTECT, related_name="returns"
    )
    identity = models.CharField(max_length=64, null=True)  # noqa: DJ001 - null: by hand
    state = models.CharField(max_length=9, choices=ReturnState)
    reason = models.CharField(max_length=3)
    amount_cents = models.BigIntegerField()
    individual_id = models.CharField(max_length=15, blank=True)
    individual_name = models.CharField(max_length=22, blank=True)
    original_trace = models.CharField(max_length=15, blank=True)
    why_open = models.CharField(max_length=200, blank=True)
    corrected_sealed = models.TextField(blank=True)
    tenant = models.ForeignKey(
        Tenant, null=True, on_delete=models.PROTECT, related_name="returned_payments"
    )
    payment = models.OneToOneField(
        Entry, null=True, on_delete=models.PROTECT, related_name="returned"
    )
    reversal = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    fee = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    autopay_ended = models.BooleanField(default=False)
    draft_cancelled = models.ForeignKey(
        Draft, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "facility"], name="return_once")]
        indexes = [models.Index(fields=["facility", "state", "id"])]
