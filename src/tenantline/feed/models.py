from django.db import models


class Event(models.Model):
    """Something open pages may want to show. Small, short-lived; the truth is elsewhere.

    ``topic`` is one of ``queries.TOPICS``; ``ref`` is the id of what changed. ``facility_id``
    decides who may hear it (no foreign key: the feed stands below the facilities).
    """

    facility_id = models.BigIntegerField(db_index=True)
    topic = models.CharField(max_length=24)
    ref = models.CharField(max_length=40)
    at = models.DateTimeField()
