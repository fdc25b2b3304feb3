"""Rows to values and back. Called by the stores of bot/ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from bot.core.access import ChannelId, GuildId, UserId
from bot.core.errors import Cause
from bot.core.jobs import Job, JobId, JobKey, MessageId, Request, Result, Size, Status
from bot.core.outbox import Delivery
from bot.core.prices import Basis, Cost
from bot.core.queue import Draft
from bot.core.records import AuditEntry, Use
from bot.ledger.timeline import Timeline, from_ms, to_ms


def _when(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def job_columns(draft: Draft, lane_id: int, created_at: int) -> dict[str, Any]:
    """The columns of a new job."""
    request, origin = draft.request, draft.origin
    return {
        "key": draft.key,
        "idem": draft.idem,
        "lane_id": lane_id,
        "guild_id": origin.guild_id,
        "channel_id": origin.channel_id,
        "user_id": origin.user_id,
        "weight": draft.weight,
        "parent_key": draft.parent_key,
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "model": request.model,
        "size": request.size.value if request.size else None,
        "seed": request.seed,
        "steps": request.steps,
        "guidance": request.guidance,
        "private": request.private,
        "spoiler": request.spoiler,
        "age_restricted": origin.age_restricted,
        "state": Status.QUEUED.value,
        "created_at": created_at,
        "application_id": origin.application_id,
        "interaction_token": origin.token,
        "token_ends_at": to_ms(origin.token_ends_at),
    }


def job_of(row: RowMapping, timeline: Timeline) -> Job:
    """The job in a row of the job table."""
    not_before = row["not_before_line"]
    return Job(
        id=JobId(row["id"]),
        key=JobKey(row["key"]),
        status=Status(row["state"]),
        request=_request_of(row),
        guild_id=GuildId(row["guild_id"]),
        channel_id=ChannelId(row["channel_id"]),
        user_id=UserId(row["user_id"]),
        created_at=from_ms(row["created_at"]),
        attempt=row["attempt"],
        tries=row["tries"],
        not_before_at=None if not_before is None else timeline.shown()(not_before),
        sent_at=_when(row["sent_at"]),
        done_at=_when(row["done_at"]),
        cause=Cause(row["cause"]) if row["cause"] else None,
        detail=row["detail"],
        parent_key=JobKey(row["parent_key"]) if row["parent_key"] else None,
        age_restricted=row["age_restricted"],
        result=_result_of(row),
        shared_in=ChannelId(row["shared_in"]) if row["shared_in"] else None,
        shared_as=MessageId(row["shared_as"]) if row["shared_as"] else None,
    )


def _request_of(row: RowMapping) -> Request:
    return Request(
        prompt=row["prompt"],
        model=row["model"],
        seed=row["seed"],
        size=Size(row["size"]) if row["size"] else None,
        negative_prompt=row["negative_prompt"],
        steps=row["steps"],
        guidance=row["guidance"],
        private=row["private"],
        spoiler=row["spoiler"],
    )


def _result_of(row: RowMapping) -> Result | None:
    if row["mime"] is None:
        return None
    return Result(
        media=row["media"],
        mime=row["mime"],
        width=row["width"],
        height=row["height"],
        seconds=row["seconds"],
        provider=row["provider"],
        cost=cost_of(row),
    )


def result_columns(result: Result) -> dict[str, Any]:
    """The columns that a finished picture fills."""
    return {
        "media": result.media,
        "mime": result.mime,
        "width": result.width,
        "height": result.height,
        "seconds": result.seconds,
        "provider": result.provider,
        "cost_nusd": result.cost.amount_nusd,
        "cost_basis": result.cost.basis.value,
    }


def cost_of(row: RowMapping) -> Cost:
    """The cost in a row of the job or usage table."""
    return Cost(basis=Basis(row["cost_basis"]), amount_nusd=row["cost_nusd"])


def use_of(row: RowMapping) -> Use:
    """The use in a row of the usage table joined with its job's key."""
    return Use(
        at=from_ms(row["at"]),
        job_key=JobKey(row["key"]),
        user_id=UserId(row["user_id"]),
        model=row["model"],
        cause=Cause(row["cause"]) if row["cause"] else None,
        seconds=row["seconds"],
        cost=cost_of(row),
    )


def delivery_of(row: RowMapping, job: Job) -> Delivery:
    """The delivery in a row of the job table joined with its outbox columns, if any."""
    return Delivery(
        job=job,
        application_id=row["application_id"],
        token=row["interaction_token"],
        token_ends_at=from_ms(row["token_ends_at"]),
        card_id=MessageId(row["card_id"]) if row["card_id"] else None,
        tries=row.get("outbox_tries") or 0,
        began_at=_when(row.get("began_at")),
    )


def audit_of(row: RowMapping) -> AuditEntry:
    """The entry in a row of the audit table."""
    return AuditEntry(
        at=from_ms(row["at"]),
        guild_id=GuildId(row["guild_id"]),
        actor_id=UserId(row["actor_id"]),
        action=row["action"],
        before=row["before"],
        after=row["after"],
        reason=row["reason"],
    )


def audit_columns(entry: AuditEntry) -> dict[str, Any]:
    """The columns of an audit row."""
    return {
        "guild_id": entry.guild_id,
        "actor_id": entry.actor_id,
        "at": to_ms(entry.at),
        "action": entry.action,
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
    }
