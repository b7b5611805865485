from django.db import models
from django.db.models import Q


class Recovery(models.Model):
    """That a backup was restored, and how far the installation has recovered since (R7).

    While ``ended_at`` is null the installation is in recovery. ``left_out`` are ids of lines that
    cannot be read back and that an owner goes on without; ``confirmed`` are the keys of
    ``rules.UNKNOWABLE`` that an owner has been through.
    """

    backup_id = models.CharField(max_length=40)
    made_at = models.DateTimeField()  # the moment that the backup shows
    restored_at = models.DateTimeField()
    texts = models.PositiveIntegerField()  # that were not final in the backup
    left_out = models.JSONField(default=list)
    confirmed = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["backup_id"],
                condition=Q(ended_at=None),
                name="one_open_recovery_per_backup",
            )
        ]
