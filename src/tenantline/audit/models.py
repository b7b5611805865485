from django.db import models


class Entry(models.Model):
    """One act, by whom, on what. Append-only (kernel/walls.py).

    ``detail`` holds no message bodies and no secrets, so an entry never needs erasing.
    """

    at = models.DateTimeField(db_index=True)
    actor_kind = models.CharField(max_length=8)
    actor_ref = models.CharField(max_length=40, blank=True)
    actor_name = models.CharField(max_length=150)
    act = models.CharField(max_length=48)
    facility_id = models.BigIntegerField(null=True, db_index=True)
    subject = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict)
