"""Pictures and other files of inbound texts: which are to be fetched, and what became of them.

Their bytes are kept in the database, once by their hash, so that a backup holds them and every
machine can show them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from tenantline.intake.models import CallFile, FileContent, FileState, InboundCall
from tenantline.kernel.filetypes import ENDINGS, Sniffed

LEASE: Final = timedelta(minutes=2)  # longer than a fetch may take with all its redirects
_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(hours=6)
MOST_TRIES: Final = 16  # with the waits between them about two days
MISSING_TRIES: Final = 6  # a file that the carrier does not know: about five minutes


@dataclass(frozen=True, slots=True)
class Named:
    """A file as the carrier named it; ``url`` is empty where it has only said that there is one."""

    url: str
    declared: str


def expect(*, call: InboundCall, named: Sequence[Named], now: datetime) -> None:
    """Note the files of a call, to be fetched. Needs the caller's transaction."""
    CallFile.objects.bulk_create(
        CallFile(call=call, nth=nth, url=one.url, declared=one.declared[:100], next_at=now)
        for nth, one in enumerate(named)
    )


def claim(*, now: datetime, limit: int = 5) -> list[CallFile]:
    """Take files that are due; nobody else takes them before the lease ends."""
    due = CallFile.objects.filter(state=FileState.FETCHING, next_at__lte=now)
    if not due.exists():
        return []
    with transaction.atomic():
        free = due.select_for_update(skip_locked=True, of=("self",)).select_related("call__line")
        rows = list(free.order_by("next_at")[:limit])
        CallFile.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=now + LEASE)
    return rows


def keep(*, file: CallFile, sha256: str, data: bytes, kind: Sniffed, now: datetime) -> None:
    """Keep a file's bytes."""
    with transaction.atomic():
        content, _ = FileContent.objects.get_or_create(
            sha256=sha256,
            defaults={
                "kind": kind.mime,
                "size": len(data),
                "width": kind.width,
                "height": kind.height,
                "data": data,
                "stored_at": now,
            },
        )
        _end(file, FileState.THERE, "", content)


def refuse(*, file: CallFile, why: str) -> None:
    """Say that a file is not kept, in a sentence for staff."""
    _end(file, FileState.REFUSED, why, None)


def try_later(*, file: CallFile, why: str, missing: bool, now: datetime) -> None:
    """Put a file off, longer each time; after the last try it is gone.

    ``missing``: the carrier says that it has no such file, which is believed sooner.
    """
    tries = file.tries + 1
    if tries >= (MISSING_TRIES if missing else MOST_TRIES):
        _end(file, FileState.GONE, why, None)
        return
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (tries - 1))
    _open(file).update(tries=tries, problem=why[:300], next_at=now + wait)


def name(*, call: InboundCall, named: Sequence[Named]) -> None:
    """Keep where the files of a call are, which only the carrier's list has told."""
    for nth, one in enumerate(named):
        rows = CallFile.objects.filter(call=call, nth=nth, url="")
        rows.update(url=one.url, declared=one.declared[:100])


def again(*, file: CallFile, now: datetime) -> None:
    """Fetch a file once more that is gone: somebody has mended what was in the way."""
    rows = CallFile.objects.filter(pk=file.pk, state=FileState.GONE)
    rows.update(state=FileState.FETCHING, tries=0, next_at=now)


def name_of(file: CallFile, kind: str) -> str:
    """Return what a file of this kind is called when it is kept on somebody's disk."""
    return f"text-{file.call_id}-{file.nth + 1}.{ENDINGS[kind]}"


def content_of(file: CallFile) -> FileContent | None:
    """Return a file's bytes and what they are, None where they are not there."""
    return FileContent.objects.filter(callfile=file.pk).first()


def _end(file: CallFile, state: FileState, why: str, content: FileContent | None) -> None:
    _open(file).update(state=state, problem=why[:300], content=content)


def _open(file: CallFile) -> QuerySet[CallFile]:
    return CallFile.objects.filter(pk=file.pk, state=FileState.FETCHING)
