"""Reads the environment. Every variable the product knows is read here and nowhere else.

``X_FILE`` names a file that holds the value of ``X`` (for secrets). docs/settings.md lists all
of them; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv

from tenantline.kernel.errors import SettingError

MINIMUM_KEY_LENGTH = 20
EMAIL_SCHEMES = frozenset({"smtp", "submission"})


@dataclass(frozen=True)
class Environment:
    """What the environment says, checked. ``demo`` is set by ``tenantline demo`` alone.

    ``auth_token`` is read by ``tenantline line connect``, so that it is no argument.
    """

    secret_key: str
    old_secret_keys: tuple[str, ...]
    database_url: str
    data_dir: Path
    public_url: str
    email_url: str
    twilio_api_url: str
    log_format: str
    settle_seconds: int
    demo: bool
    auth_token: str = field(repr=False)


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
            database_url=_database_url(env.str("DATABASE_URL", "")),
            data_dir=_data_dir(env.str("TENANTLINE_DATA_DIR", "")),
            public_url=_web_address("TENANTLINE_PUBLIC_URL", env.str("TENANTLINE_PUBLIC_URL", "")),
            email_url=_email_url(env.str("EMAIL_URL", "")),
            twilio_api_url=_web_address(
                "TENANTLINE_TWILIO_API_URL", env.str("TENANTLINE_TWILIO_API_URL", "")
            ),
            log_format=_log_format(env.str("TENANTLINE_LOG_FORMAT", "text")),
            settle_seconds=_seconds(
                "TENANTLINE_SETTLE_SECONDS", env.int("TENANTLINE_SETTLE_SECONDS", 120)
            ),
            demo=env.bool("TENANTLINE_DEMO", False),
            auth_token=env.str("TENANTLINE_AUTH_TOKEN", "").strip(),
        )
    except (EnvError, OSError, ValueError) as error:
        words = str(error).rstrip(".")
        raise SettingError(f"The environment could not be read: {words}.") from error


def _secret_key(value: str) -> str:
    if not value:
        raise SettingError(
            "TENANTLINE_SECRET_KEY is not set: give it a long random value and keep it safe, "
            "since it also decrypts the stored Twilio credentials."
        )
    if len(value) < MINIMUM_KEY_LENGTH:
        raise SettingError(
            f"TENANTLINE_SECRET_KEY is too short; it needs {MINIMUM_KEY_LENGTH} characters or more."
        )
    return value


def _data_dir(value: str) -> Path:
    return Path(value).expanduser() if value else Path.home() / ".local/share/tenantline"


def _web_address(name: str, value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value)
    odd = parts.query or parts.fragment or parts.username or parts.port == 0
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        raise SettingError(f"{name} must be an http or https address such as https://example.com.")
    return value.rstrip("/")


def _database_url(value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value)
    is_file = parts.scheme == "sqlite" and len(parts.path) > 1
    # Asking for the port raises ValueError where it is none.
    is_server = parts.scheme in {"postgres", "postgresql"} and parts.port != 0
    if not (is_file or is_server):
        raise SettingError(
            "DATABASE_URL must be postgres://user:password@host/name or sqlite:////path/to/file."
        )
    return value


def _email_url(value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in EMAIL_SCHEMES or not parts.hostname or parts.port == 0:
        raise SettingError("EMAIL_URL must be an address such as smtp://user:password@host:587.")
    return value


def _seconds(name: str, value: int) -> int:
    if not 1 <= value <= 86_400:
        raise SettingError(f"{name} must be between 1 and 86400 seconds.")
    return value


def _log_format(value: str) -> str:
    if value not in {"text", "json"}:
        raise SettingError("TENANTLINE_LOG_FORMAT must be text or json.")
    return value
