"""Reads the environment. Every variable the product knows is read here and nowhere else.

``X_FILE`` names a file that holds the value of ``X`` (for secrets). docs/settings.md lists all
of them; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv

MINIMUM_KEY_LENGTH = 20


class SettingError(Exception):
    """A setting is missing or unusable. The text is one sentence for the installer."""


@dataclass(frozen=True)
class Environment:
    """What the environment says, checked. ``demo`` is set by ``tenantline demo`` alone."""

    secret_key: str
    old_secret_keys: tuple[str, ...]
    database_url: str
    data_dir: Path
    public_url: str
    email_url: str
    twilio_api_url: str
    log_format: str
    demo: bool


def read() -> Environment:
    """Read and check the environment.

    Raises:
        SettingError: a required variable is missing or a value cannot be used.
    """
    env = FileAwareEnv()
    try:
        return Environment(
            secret_key=_secret_key(env.str("TENANTLINE_SECRET_KEY", "")),
            old_secret_keys=tuple(env.list("TENANTLINE_SECRET_KEY_OLD", [])),
            database_url=env.str("DATABASE_URL", ""),
            data_dir=_data_dir(env.str("TENANTLINE_DATA_DIR", "")),
            public_url=_web_address(
                "TENANTLINE_PUBLIC_URL", env.str("TENANTLINE_PUBLIC_URL", "")
            ),
            email_url=env.str("EMAIL_URL", ""),
            twilio_api_url=_web_address(
                "TENANTLINE_TWILIO_API_URL", env.str("TENANTLINE_TWILIO_API_URL", "")
            ),
            log_format=_log_format(env.str("TENANTLINE_LOG_FORMAT", "text")),
            demo=env.bool("TENANTLINE_DEMO", False),
        )
    except (EnvError, OSError, ValueError) as error:
        raise SettingError(f"The environment could not be read: {error}.") from error


def _secret_key(value: str) -> str:
    if not value:
        raise SettingError(
            "TENANTLINE_SECRET_KEY is not set: give it a long random value and keep it safe, "
            "since it also decrypts the stored Twilio credentials."
        )
    if len(value) < MINIMUM_KEY_LENGTH:
        raise SettingError(
            f"TENANTLINE_SECRET_KEY is too short: it needs at least {MINIMUM_KEY_LENGTH} characters."
        )
    return value


def _data_dir(value: str) -> Path:
    return Path(value).expanduser() if value else Path.home() / ".local/share/tenantline"


def _web_address(name: str, value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingError(f"{name} must be an http or https address such as https://example.com.")
    return value.rstrip("/")


def _log_format(value: str) -> str:
    if value not in {"text", "json"}:
        raise SettingError("TENANTLINE_LOG_FORMAT must be text or json.")
    return value
