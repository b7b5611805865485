"""Progress bars, on standard error and only where a person looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Tell(Protocol):
    """Is told how much is done and, where that is known only now, of how much."""

    def __call__(self, done: int, total: int | None = None, /) -> None: ...


@contextmanager
def bar(words: str, *, total: int | None = None) -> Iterator[Tell]:
    """Show a progress bar on standard error where a person looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(words, total=total)

        def tell(done: int, total: int | None = None, /) -> None:
            progress.update(task, completed=done, total=total)

        yield tell
