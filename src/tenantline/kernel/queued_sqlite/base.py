"""A connection whose transactions, and single statements that write, wait for their turn.

SQLite's own lock stays what keeps the data whole; the turn only decides who is next.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from tenantline.kernel.turns import TooLongError, Turns, turns_for

_WRITES: Final = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
_SECONDS: Final = 20.0


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection; belongs to one thread at a time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turns | None = None

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor whose single writes wait for their turn."""
        return self.connection.cursor(factory=_Cursor.of(self))

    def take_turn(self) -> bool:
        """Wait for the turn; False where this connection has it already, or needs none."""
        if self._turn is not None or self.is_in_memory_db():
            return False
        turns = turns_for(str(self.settings_dict["NAME"]))
        try:
            turns.take(float(self.settings_dict["OPTIONS"].get("timeout", _SECONDS)))
        except TooLongError as late:
            raise OperationalError("database is locked") from late
        except OSError as error:
            raise OperationalError(f"unable to open database file: {error.strerror}") from error
        self._turn = turns
        return True

    def give_turn(self) -> None:
        """End the turn, if this connection has it."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give()

    def _start_transaction_under_autocommit(self) -> None:
        self.take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self.give_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # not in the stubs
        finally:
            self._over()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self._over()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self.give_turn()

    def _over(self) -> None:
        # A commit that failed leaves the transaction open; its rollback ends the turn.
        if self.connection is None or not self.connection.in_transaction:
            self.give_turn()


class _Cursor(base.SQLiteCursorWrapper):
    """A cursor that waits for the turn with a statement that is a transaction of its own."""

    wrapper: DatabaseWrapper

    @staticmethod
    def of(wrapper: DatabaseWrapper) -> Any:
        return lambda connection: _bound(_Cursor(connection), wrapper)

    def execute(self, query: str, params: Any = None) -> Any:
        if not self._stands_alone(query):
            return super().execute(query, params)
        try:
            return super().execute(query, params)
        finally:
            self.wrapper.give_turn()

    def executemany(self, query: str, param_list: Any) -> Any:
        if not self._stands_alone(query):
            return super().executemany(query, param_list)
        try:
            return super().executemany(query, param_list)
        finally:
            self.wrapper.give_turn()

    def _stands_alone(self, query: str) -> bool:
        if self.wrapper.in_atomic_block or not _WRITES.match(query):
            return False
        return self.wrapper.take_turn()


def _bound(cursor: _Cursor, wrapper: DatabaseWrapper) -> _Cursor:
    cursor.wrapper = wrapper
    return cursor
