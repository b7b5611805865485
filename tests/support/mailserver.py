"""A real mail server on loopback that keeps what it is given."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.installation import free_port


class Letters:
    """Keeps letters in the order they came."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one letter."""
        letter = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.kept.append(letter)
        return "250 kept"

    def text(self, index: int = -1) -> str:
        """Return the plain text of a letter."""
        body = self.kept[index].get_body(("plain",))
        assert body is not None
        return str(body.get_content())


@contextmanager
def running() -> Iterator[tuple[Letters, str]]:
    """Run a mail server; yields what it keeps and the EMAIL_URL that reaches it."""
    letters = Letters()
    port = free_port()  # the controller calls on itself, so it must know where it will be
    controller = Controller(letters, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield letters, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
