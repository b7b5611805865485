"""What every room's errors have in common: a stable code and one sentence for a person."""

from __future__ import annotations


class TenantlineError(Exception):
    """Something a person can be told in one sentence.

    ``code`` is stable and machine-readable; ``sentence`` is shown as it is on
    screens, on the command line and in problem documents.
    """

    code = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class BadInput(TenantlineError):
    """Input that cannot be used; nothing was changed. ``field`` names the culprit if known."""

    code = "invalid"

    def __init__(self, sentence: str, *, field: str = "", code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.field = field


class NotFound(TenantlineError):
    """No such thing within the caller's scope (out of scope looks exactly like absent)."""

    code = "not_found"


class Forbidden(TenantlineError):
    """The caller's role does not allow the act."""

    code = "forbidden"


class Refused(TenantlineError):
    """A rule says no. ``code`` names the rule's answer, e.g. ``no_consent`` or ``mass_text``."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence, code=code)


class Conflict(TenantlineError):
    """The thing exists already. ``existing`` is its id, as the API shows it."""

    code = "duplicate"

    def __init__(self, sentence: str, *, existing: str = "", code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.existing = existing


class TooSoon(TenantlineError):
    """The caller asks too often. ``retry_after`` is the whole seconds after which to try again."""

    code = "rate_limited"

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class SettingError(TenantlineError):
    """A setting is missing or unusable; the sentence tells the installer which and why."""

    code = "setting"
