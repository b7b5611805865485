"""Tests talk to this machine only. A connection to anywhere else is refused and fails the test."""

import ipaddress
import sys
from typing import Any

_attempts: list[str] = []


class NetworkIsClosedError(BaseException):
    """Not an Exception: code that forgives a failed connection must not forgive this."""


def close() -> None:
    """Refuse, for the rest of this process, whatever leaves the machine.

    An audit hook sees every connection that Python makes, also those of libraries that keep their
    own reference to ``connect``. It does not see libpq's and uvloop's.
    """
    sys.addaudithook(_watch)


def take_attempts() -> list[str]:
    """What was refused since the last question."""
    taken = _attempts.copy()
    _attempts.clear()
    return taken


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = args[1]
    elif event == "socket.getaddrinfo":
        address = (args[0], args[1])
    else:
        return
    # Addresses that are not pairs or quadruples belong to sockets of the file system.
    if isinstance(address, tuple) and not _is_local(address[0]):
        _attempts.append(f"{event} {address[0]}:{address[1]}")
        raise NetworkIsClosedError(f"a test tried to reach {address[0]}:{address[1]}")


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in {None, "", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
