"""Tenantline: a consent-first texting desk for self-storage facilities."""

from importlib.metadata import version  # noqa: TID251 - reads the installed version, loads no code

__version__ = version("tenantline")
