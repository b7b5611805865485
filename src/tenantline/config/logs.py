"""Logs: one line an event on standard error, for people (text) or for machines (json).

What a log never holds: bodies of texts, tokens, whole phone numbers. Nobody logs them on purpose;
what slips in with an address or an error's words is blotted out at the very end.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final


@contextmanager
def _not_installed(name: str) -> Iterator[None]:
    """Let nobody import a package meanwhile, as where it is not installed."""
    installed = {name: sys.modules.pop(name)} if name in sys.modules else {}
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(installed)


# structlog takes it in where it is installed, for tracebacks that we do not print: 5 MB a process.
with _not_installed("rich"):
    import structlog

_SECRETS: Final = (
    (re.compile(r"/(opt-in|twilio/status|statement)/[\w-]{8,}"), r"/\1/[token]"),
    (re.compile(r"\btl_[\w-]{16,}"), "[token]"),
    (re.compile(r"(?:\+|%2B)\d{8,15}\b"), "[number]"),
)
# What these say at their usual levels is of no use to an installer, or says too much.
_QUIETER: Final = {
    "asyncio": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "uvicorn.access": logging.CRITICAL,
    "django": logging.WARNING,
    "django.request": logging.ERROR,
    "axes": logging.WARNING,
}


def configure(options: Mapping[str, Any]) -> None:
    """Set logging up. ``options`` is the setting ``LOGGING``: its ``format`` is text or json.

    Django calls this while it starts (``LOGGING_CONFIG``), in every process of the product.
    """
    shared = _processors()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_Blotting(shared, as_json=options.get("format") == "json"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # Django puts handlers of its own (and mail to administrators) on these.
    for name in ("django", "django.server"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name, level in _QUIETER.items():
        logging.getLogger(name).setLevel(level)


def _processors() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


class _Blotting(structlog.stdlib.ProcessorFormatter):
    """Renders an event and blots out what no log may hold."""

    def __init__(self, shared: list[structlog.typing.Processor], *, as_json: bool) -> None:
        renderer: structlog.typing.Processor
        if as_json:
            renderer = structlog.processors.JSONRenderer()
        else:
            renderer = structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,
            )
        meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        errors = [structlog.processors.format_exc_info] if as_json else []
        super().__init__(processors=[meta, *errors, renderer], foreign_pre_chain=shared)

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished line without tokens and numbers."""
        return blotted(super().format(record))


def blotted(line: str) -> str:
    """Return a log line with tokens and phone numbers blotted out."""
    for pattern, instead in _SECRETS:
        line = pattern.sub(instead, line)
    return line
