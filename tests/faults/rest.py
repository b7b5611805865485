"""Coming to rest: all that was asked for is sent, told and heard, or given up; no recovery."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial

from tenantline.intake.models import InboundCall, LineReading, Listener, StatusCall
from tenantline.outbox.models import Attempt, Slot, Text
from tenantline.recovery.models import Recovery
from tests.faults.machine import until
from tests.faults.world import PAST_THE_LEASE, World

OPEN = ("queued", "sending", "unknown")  # neither sent nor given up
TRIES, A_PAUSE, A_MINUTE = 12, 8.0, 60.0  # times; true seconds; seconds by the clock
SOON = 2.0  # seconds; what has its turn by then is waited for


def settle(world: World) -> None:
    """Bring a world to rest; what had no answer is asked for again."""
    world.heal()
    for wanted in world.wanted:
        if wanted.message is None:
            until(partial(world.asked, wanted), why=f"our API to take {wanted.body!r}")
    _past_dead_senders(world)
    _come_to_rest(world)
    world.carrier.tell_late()
    world.carrier.finish_calls()
    _come_to_rest(world)


def open_texts() -> int:
    """How many texts are neither sent nor given up."""
    return Text.objects.filter(state__in=OPEN).count()


def wait_for_texts() -> None:
    """Wait until every text is sent or given up."""
    until(lambda: not open_texts(), why="texts to be sent")


def wait_for_time_outs(bodies: list[str]) -> None:
    """Wait until none of these texts is at the carrier: our own time-out has ended each call.

    An attempt whose sender was killed stays open in our books; its text is settled all the same.
    """
    under_way = Attempt.objects.filter(ended_at=None, text__body__in=bodies)
    until(lambda: not under_way.exists(), why="calls to end by time-out")


def told(world: World) -> list[str]:
    """The newest rows, in words, for whoever wants to know why a world does not rest."""
    now = world.clock.now()
    texts = Text.objects.order_by("-pk")[:6]
    calls = InboundCall.objects.order_by("-pk")[:6]
    return [
        *(f"text {t.pk}: {t.state} {t.waits_for} {t.reason} in {t.next_at - now}" for t in texts),
        *(f"call {c.pk}: {c.body!r} from {c.sender} {c.source} {c.error}" for c in calls),
        *(f"slot: free in {slot.free_at - now}" for slot in Slot.objects.all()),
        *(f"heard: since {now - row.since} ago" for row in Listener.objects.all()),
        *(f"read: {now - row.began_at} ago {row.problem}" for row in LineReading.objects.all()),
        *(f"{one.body!r} from {one.sender}: {one.answered}" for one in world.carrier.heard[-3:]),
    ]


def _past_dead_senders(world: World) -> None:
    """Let the leases of senders end that no longer live."""
    alive = tuple(f"{socket.gethostname()}-{process.pid}-" for process in world.workers)
    sending = Text.objects.filter(state="sending").values_list("leased_by", flat=True)
    if not all(name.startswith(alive) for name in sending):
        world.pass_time(PAST_THE_LEASE)


def _come_to_rest(world: World) -> None:
    """Wait for it; what waits for a later hour gets there by the clock."""
    for times in range(TRIES):
        with suppress(AssertionError):
            until(lambda: _quiet_for(world) is not None, seconds=A_PAUSE)
        quiet = _quiet_for(world)
        if quiet == 0:
            return
        world.pass_time(quiet or A_MINUTE * 2 ** min(times, 6))
    raise AssertionError(f"the world does not come to rest: {_still_open(world)} still open")


def _quiet_for(world: World) -> float | None:
    """For how many seconds nothing will happen; 0: all is done; None: something is under way."""
    if _still_open(world).keys() - {"texts"}:
        return None
    texts = Text.objects.filter(state__in=OPEN).values_list("state", "next_at")
    if not texts:
        return 0
    now = world.clock.now()
    waits = [0.0 if state == "sending" else (at - now).total_seconds() for state, at in texts]
    return min(waits) + 0.1 if min(waits) > SOON else None


def _still_open(world: World) -> dict[str, int]:
    """How much of what is under way."""
    heard = {one.sid for one in world.carrier.heard}
    stored = set(InboundCall.objects.values_list("message_sid", flat=True))
    found = {
        "texts": open_texts(),
        "inbound": InboundCall.objects.filter(worked_at=None).count() + len(heard - stored),
        "callbacks": StatusCall.objects.filter(worked_at=None).count(),
        "recoveries": Recovery.objects.filter(ended_at=None).count(),
    }
    return {name: count for name, count in found.items() if count}
