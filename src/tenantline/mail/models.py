from django.db import models


class Email(models.Model):
    """One e-mail, queued in the transaction that wanted it and sent by the worker.

    States: queued → sent | failed | withheld (``error`` says why). In demo mode ``sent`` means kept
    in the mailbox page.
    ``reference`` says what it is about, e.g. ``form:12``. ``attachment`` names a document, e.g.
    ``statement:12``, which is made when the e-mail is sent: the same one each time it is made.
    """

    recipient = models.CharField(max_length=254)
    from_name = models.CharField(max_length=200)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    reference = models.CharField(max_length=60, db_index=True)
    attachment = models.CharField(max_length=60, blank=True)
    facility_id = models.BigIntegerField(db_index=True)
    state = models.CharField(max_length=8, default="queued")
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_at"])]
