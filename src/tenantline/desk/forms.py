"""A posted form as the desk shows it again: what was typed, and what is wrong with it.

The rules live in the lower rooms; this keeps the answers so that nothing typed is ever lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from tenantline.kernel.errors import BadInput, TenantlineError


@dataclass(frozen=True)
class Form:
    """Values by field name (a list where boxes share a name), and one error at most.

    ``error`` belongs to ``error_field``; without a field it concerns the whole form.
    """

    values: Mapping[str, str | list[str]] = field(default_factory=dict)
    error: str = ""
    error_field: str = ""

    def value_of(self, name: str) -> str:
        """Return what stands in a field."""
        found = self.values.get(name, "")
        return found if isinstance(found, str) else (found[-1] if found else "")

    def list_of(self, name: str) -> list[str]:
        """Return every value of a name, e.g. the ticked boxes."""
        found = self.values.get(name, [])
        return [found] if isinstance(found, str) else list(found)

    def error_of(self, name: str) -> str:
        """Return the error to show beside a field, empty if it is not the culprit."""
        return self.error if name == self.error_field else ""


def typed(data: QueryDict, error: TenantlineError) -> Form:
    """Return a form that shows again what was typed, with what is wrong. Passwords are left out."""
    values: dict[str, str | list[str]] = {
        name: data.getlist(name) for name in data if "password" not in name and "token" not in name
    }
    culprit = error.field if isinstance(error, BadInput) else ""
    return Form(values, error.sentence, culprit)
