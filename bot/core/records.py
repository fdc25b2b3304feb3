"""Rows of use and of audit, as values. Called by services, the ledger and the cards."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.access import Actor, GuildId, UserId
from bot.core.errors import Cause
from bot.core.jobs import JobKey, Result
from bot.core.prices import Cost


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What is known of one attempt when it is settled. `result` is there when it gave a picture."""

    seconds: float
    cost: Cost
    result: Result | None = None
    http_status: int | None = None
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Use:
    """One attempt as the ledger remembers it. `cause` None means that it gave a picture."""

    at: datetime
    job_key: JobKey
    user_id: UserId
    model: str
    cause: Cause | None
    seconds: float
    cost: Cost


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """Who changed what, from what to what."""

    at: datetime
    guild_id: GuildId
    actor_id: UserId
    action: str
    before: str = ""
    after: str = ""
    reason: str = ""


def entry_of(
    actor: Actor, at: datetime, action: str, change: tuple[str, str], reason: str = ""
) -> AuditEntry:
    """What `actor` did in their server, with how it stood before and after."""
    before, after = change
    return AuditEntry(
        at=at,
        guild_id=actor.guild_id,
        actor_id=actor.user_id,
        action=action,
        before=before,
        after=after,
        reason=reason,
    )
