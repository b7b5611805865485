"""Whose facilities are whose (R10). Every read and write of a person's takes a ``Scope``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Scope:
    """The facilities someone may see and touch; ``facility_ids`` None means all of them."""

    facility_ids: frozenset[int] | None

    def covers(self, facility_id: int) -> bool:
        """Tell whether this facility lies in the scope."""
        return self.facility_ids is None or facility_id in self.facility_ids

    def narrow(self, rows: QuerySet[M], field: str = "facility_id") -> QuerySet[M]:
        """Keep the rows whose ``field`` names a facility in the scope."""
        if self.facility_ids is None:
            return rows
        return rows.filter(**{f"{field}__in": self.facility_ids})


EVERYWHERE = Scope(None)
