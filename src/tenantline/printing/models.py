"""Tables of printing: what was given to the printer together; what sheets have in common."""

from django.db import models

from tenantline.facilities.models import Facility
from tenantline.tenants import postal
from tenantline.tenants.postal import Recipient


class Printing(models.Model):
    """Papers of one kind and facility that were given to the printer together: by whom and when.

    ``kind`` is that of ``printing.papers``. Its sheets are ``letters`` or ``statements``.
    """

    kind = models.CharField(max_length=10)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["facility", "kind", "-id"])]


class Sheet(models.Model):
    """One paper of a printing, in its ``place`` (by name), with the address that it bears.

    ``recipient`` is a ``tenants.postal.Recipient`` as it was. A paper has a sheet for each time
    that it was printed. The rooms above each have a table of their own, since it holds its papers:
    there ``paper`` is what was issued, which has a ``tenant`` and a ``facility``.
    """

    printing = models.ForeignKey(Printing, on_delete=models.PROTECT, related_name="%(app_label)s")
    place = models.PositiveIntegerField()
    recipient = models.JSONField()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["printing", "place"], name="%(app_label)s_one_sheet_in_a_place"
            ),
            models.UniqueConstraint(
                fields=["printing", "paper"], name="%(app_label)s_once_in_a_printing"
            ),
        ]

    @property
    def address(self) -> tuple[str, ...]:
        """Return the lines of its address, below the name."""
        return postal.lines(Recipient(**self.recipient))
