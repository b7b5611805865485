"""Tables of consent. The ledger is the truth; ``Standing`` is its fold, kept for lists."""

from django.db import models

from tenantline.facilities.models import Facility
from tenantline.tenants.models import NumberPeriod, Tenant


class Wording(models.Model):
    """A version of words a tenant was shown or sent, in full. Append-only."""

    kind = models.CharField(max_length=16)  # form, confirmation, help
    version = models.CharField(max_length=24)
    language = models.CharField(max_length=2)
    words = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version", "language"], name="wording_once")
        ]


class Particulars(models.Model):
    """The erasable part of an event (R11): who can be told from it stands here alone.

    The event keeps a keyed hash of this row, so that erasing it leaves the chain whole, and
    altering it shows. A row is never changed, and deleted only by an ``Erasure``.
    """

    nonce = models.CharField(max_length=32)
    number = models.CharField(max_length=20)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    text = models.TextField(blank=True)  # the words of an inbound text that was acted on


class LedgerEvent(models.Model):
    """One fact about consent, chained by keyed hash to the one before. Append-only.

    ``number_key`` is the keyed hash of the number. An event without a period concerns the
    number itself, whoever holds it (a STOP). ``body`` is canonical JSON.
    """

    sequence = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=24)
    at = models.DateTimeField()
    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT)
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.PROTECT)
    period = models.ForeignKey(NumberPeriod, null=True, on_delete=models.PROTECT)
    number_key = models.CharField(max_length=64, db_index=True)
    body = models.TextField()
    # no database constraint: erasing the particulars must not touch the event
    particulars = models.ForeignKey(
        Particulars, null=True, on_delete=models.DO_NOTHING, db_constraint=False
    )
    particulars_hash = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["sequence"]


class Erasure(models.Model):
    """That a row of particulars is to go, by an ``erased`` event (ADR 19). Append-only.

    Its wall lets a row of particulars be deleted only if it is named here.
    """

    particulars_id = models.BigIntegerField(unique=True)
    event = models.ForeignKey(LedgerEvent, on_delete=models.PROTECT)


class LedgerHead(models.Model):
    """The end of the chain, under lock while an event is appended. One row."""

    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    key_sealed = models.TextField()  # the chain's key, made once, never rotated


class OptInForm(models.Model):
    """A form that was issued to one tenant for one number period (R13).

    The link's token is kept as a hash only. ``dead_because`` says why an unexpired link no
    longer works: newer, number_changed, disowned, moved_out, ended (by staff, at the counter).
    ``handed_over`` tells a form on the office's own device from one on the tenant's phone;
    ``opened_at`` is when the tenant chose to open a form at the counter (a POST, not a look).
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT)
    period = models.ForeignKey(NumberPeriod, on_delete=models.PROTECT)
    medium = models.CharField(max_length=8, default="email")  # or counter
    email = models.CharField(max_length=254, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    dead_at = models.DateTimeField(null=True)
    dead_because = models.CharField(max_length=16, blank=True)
    submitted_at = models.DateTimeField(null=True)
    handed_over = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True)


class Status(models.TextChoices):
    """Consent status as shown everywhere."""

    NONE = "none", "No opt-in"
    FORM_SENT = "form_sent", "Form sent"
    WAITING_FOR_START = "waiting_for_start", "Waiting for START"
    OPTED_IN = "opted_in", "Opted in"
    OPTED_OUT = "opted_out", "Opted out"
    NUMBER_CHANGED = "number_changed", "Number changed"


class Standing(models.Model):
    """Where a tenant's current number stands: the ledger's fold, kept for lists and filters.

    Never asked by the gate, which folds the ledger itself. After ``lapses_at`` the status is
    ``then``, until ``then_lapses_at``: a form expires, or chat ends after a move-out. ``held``:
    automatic texts wait, for a person or for START; ``parked``: all texts do. ``silent_from``: when
    to look whether the consent has fallen silent.
    """

    tenant = models.OneToOneField(Tenant, on_delete=models.PROTECT, primary_key=True)
    period = models.ForeignKey(NumberPeriod, null=True, on_delete=models.PROTECT)
    status = models.CharField(max_length=20, choices=Status, db_index=True)
    since = models.DateTimeField(null=True)
    lapses_at = models.DateTimeField(null=True)
    then = models.CharField(max_length=20, default="none")
    then_lapses_at = models.DateTimeField(null=True)
    held = models.BooleanField(default=False)
    parked = models.BooleanField(default=False)
    silent_from = models.DateTimeField(null=True, db_index=True)
    chat = models.BooleanField(default=False)
    statements = models.BooleanField(default=False)
    notices = models.BooleanField(default=False)


class Clearance(models.Model):
    """The gate's recorded yes for one outgoing text. Append-only."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT)
    period = models.ForeignKey(NumberPeriod, on_delete=models.PROTECT)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    number = models.CharField(max_length=20, db_index=True)
    purpose = models.CharField(max_length=16)
    event = models.ForeignKey(LedgerEvent, on_delete=models.PROTECT)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT)
    cleared_at = models.DateTimeField()
    nonce = models.CharField(max_length=32)  # so that no two bear the same seal
    seal = models.CharField(max_length=64)  # keyed hash of all of it, under the chain's key
