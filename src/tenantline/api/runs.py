"""``/statement-runs``: a month's statements for a facility, from preview to results."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

from django.http import HttpResponse
from ninja import Body, Header, Path, Query, Router
from ninja.responses import Status

from tenantline.api.access import ApiRequest
from tenantline.api.described import answers
from tenantline.api.pages import page
from tenantline.api.problems import PREFIX
from tenantline.api.reading import refuse_unknown_parameters, row_id
from tenantline.api.run_shapes import (
    NewRun,
    Reason,
    Run,
    RunItem,
    RunItemPage,
    RunPage,
    RunQuery,
)
from tenantline.api.shapes import PageQuery
from tenantline.api.tenants import facility_named
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.outbox import forecast
from tenantline.runs import actions, queries, working
from tenantline.statements import trade

if TYPE_CHECKING:
    from datetime import datetime

    from tenantline.outbox.forecast import Leaving
    from tenantline.runs.models import Item as ItemRow
    from tenantline.runs.models import Run as RunRow
    from tenantline.runs.queries import Figures
    from tenantline.runs.queries import Reason as ReasonRow

router = Router(tags=["Statement runs"])
_PLANNED_IN_A_REQUEST: Final = 400  # tenants, about a second
_KIND: Final = "statements"


@router.post(
    "/statement-runs",
    response={200: Run, 201: Run},
    operation_id="startStatementRun",
    summary="Issue a month's statements, or preview them",
    openapi_extra=answers(body=True, made=201),
)
def start(
    request: ApiRequest,
    response: HttpResponse,
    wanted: Body[NewRun],
    idempotency_key: Annotated[
        str | None,
        Header(
            None,
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            description="Any words of yours that name this request. The same key with the same "
            "body gives the same run (200), with another 422 `idempotency_mismatch`.",
        ),
    ] = None,
) -> Status[Run]:
    """Without `preview` it is issued as soon as it is prepared; a worker does that.

    Up to 400 tenants are prepared before the answer, so that it says who gets what; more while
    `state` is `planning`. A month that is run again is issued to nobody twice.
    """
    caller = request.auth
    caller.demand("run")
    order = trade.order(
        facility=facility_named(caller, wanted.facility),
        period=wanted.period,
        chosen=_chosen(wanted.tenants),
        method=wanted.method or "",
        key=f"{caller.key_owner}\x1f{idempotency_key}" if idempotency_key else "",
        now=caller.now,
    )
    made = actions.prepare(
        order=order, by=caller.actor, now=caller.now, confirmed=not wanted.preview
    )
    if not made.repeated:
        working.plan_soon(run=made.run, trade=trade.TRADE, most=_PLANNED_IN_A_REQUEST)
    shown = _shown(request, made.run)
    response["Location"] = f"{PREFIX}statement-runs/{shown.id}"
    return Status(200 if made.repeated else 201, shown)


def _chosen(ids: list[str] | None) -> list[int] | None:
    if ids is None:
        return None
    try:
        return [row_id(one, what="tenant") for one in ids]
    except NotFound as error:
        raise BadInput(error.sentence, field="tenants") from None


@router.get(
    "/statement-runs",
    response={200: RunPage},
    operation_id="listStatementRuns",
    summary="List statement runs",
    openapi_extra=answers(),
)
def list_runs(request: ApiRequest, query: Query[RunQuery]) -> RunPage:
    """Those of the token's facilities, newest first."""
    refuse_unknown_parameters(request, RunQuery)
    rows = queries.listing(scope=request.auth.scope, kind=_KIND)
    if query.facility:
        rows = rows.filter(facility=facility_named(request.auth, query.facility))
    found, cursor = page(rows, of="runs", cursor=query.cursor, limit=query.limit)
    return RunPage(items=[_shown(request, row) for row in found], next_cursor=cursor)


@router.get(
    "/statement-runs/{run_id}",
    response={200: Run},
    operation_id="getStatementRun",
    summary="Read a statement run",
    openapi_extra=answers(404),
)
def get_run(request: ApiRequest, run_id: Path[str]) -> Run:
    """Read how far a run is and what has become of its texts."""
    return _shown(request, _found(request, run_id))


@router.get(
    "/statement-runs/{run_id}/items",
    response={200: RunItemPage},
    operation_id="listStatementRunItems",
    summary="List a run's tenants",
    openapi_extra=answers(404),
)
def list_items(request: ApiRequest, run_id: Path[str], query: Query[PageQuery]) -> RunItemPage:
    """What is planned for each tenant, and what has become of it. Newest first."""
    refuse_unknown_parameters(request, PageQuery)
    rows = queries.items(_found(request, run_id))
    found, cursor = page(rows, of=f"run {run_id}", cursor=query.cursor, limit=query.limit)
    return RunItemPage(items=[_item(row) for row in found], next_cursor=cursor)


def _steps(name: str, summary: str, do: Callable[..., object], about: str) -> None:
    """Offer one word to a run: issue, pause, resume, cancel or retry."""

    def step(request: ApiRequest, run_id: Path[str]) -> Run:
        caller = request.auth
        caller.demand("run")
        run = _found(request, run_id)
        do(run=run, by=caller.actor, now=caller.now)
        return _shown(request, run)

    step.__doc__ = about
    router.post(
        f"/statement-runs/{{run_id}}/{name}",
        response={200: Run},
        operation_id=f"{name}StatementRun",
        summary=summary,
        openapi_extra=answers(404, 409, codes="`run_state` or `nothing_failed`"),
    )(step)


_steps("issue", "Issue a previewed run", actions.issue, "A worker issues it, tenant by tenant.")
_steps("pause", "Pause a run", actions.pause, "Nothing more is issued until it is resumed.")
_steps("resume", "Resume a run", actions.resume, "Go on with a paused run.")
_steps("cancel", "Cancel a run", actions.cancel, "What was issued stays issued.")
_steps("retry", "Retry what failed", actions.retry_failed, "Only in a run that is done.")


def _found(request: ApiRequest, run_id: str) -> RunRow:
    wanted = row_id(run_id, what="run")
    return queries.get(scope=request.auth.scope, run_id=wanted, kind=_KIND)


def _shown(request: ApiRequest, run: RunRow) -> Run:
    run.refresh_from_db()
    figures = queries.figures(run)
    waiting = queries.waiting_segments(run) if run.state in queries.OPEN else 0
    told = forecast.of(facility=run.facility, segments=waiting, now=request.auth.now)
    leaving = told.leaving
    return Run.model_validate(
        {
            "id": str(run.pk),
            "facility": run.facility.code,
            "period": run.period,
            "state": run.state,
            "items": figures.states,
            "methods": figures.methods,
            "fallbacks": [_reason(one) for one in figures.fallbacks],
            "held": [_reason(one) for one in figures.skipped],
            "failed": [_reason(one) for one in figures.failed],
            "segments": figures.segments,
            "estimated_price_cents": told.price_of(figures.segments),
            "last_leaves_at": _last_leaves_at(run, figures, leaving if waiting else None, request),
            "texts": figures.texts,
            "created_by": run.by_name,
            "created_at": run.created_at,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
        }
    )


def _last_leaves_at(
    run: RunRow, figures: Figures, leaving: Leaving | None, request: ApiRequest
) -> datetime | None:
    if leaving is not None:
        return leaving.last_at
    if not figures.texts.get("queued"):
        return None
    texts = queries.texts(run)
    return forecast.last_of(facility=run.facility, texts=texts, now=request.auth.now)


def _reason(one: ReasonRow) -> Reason:
    return Reason(code=one.code, reason=one.sentence, count=one.count)


def _item(row: ItemRow) -> RunItem:
    text = row.message.text if row.message else None
    return RunItem.model_validate(
        {
            "id": str(row.pk),
            "tenant": str(row.tenant_id),
            "state": row.state,
            "method": row.method or None,
            "code": row.code or row.why_code or None,
            "reason": row.sentence or row.why or None,
            "segments": row.segments,
            "message": str(row.message_id) if row.message_id else None,
            "status": text.state if text else None,
            "at": row.at,
        }
    )
