"""Jobs of the past, as values: what is looked for and what is found. Called by services."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.core.access import GuildId, UserId
from bot.core.jobs import Job, Status
from bot.core.outbox import Posted


class Stage(Enum):
    """Where a job stands, in the words that people choose from."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def statuses(self) -> frozenset[Status]:
        """What it means in the ledger."""
        return _STATUSES[self]


_STATUSES = {
    Stage.WAITING: frozenset({Status.QUEUED}),
    Stage.WORKING: frozenset({Status.LEASED, Status.SENT}),
    Stage.DONE: frozenset({Status.DONE}),
    Stage.FAILED: frozenset({Status.FAILED}),
    Stage.CANCELLED: frozenset({Status.CANCELLED}),
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whose jobs in which server; None: of any stage, with any model."""

    guild_id: GuildId
    user_id: UserId
    stage: Stage | None = None
    model: str | None = None


@dataclass(frozen=True, kw_only=True)
class Past:
    """A job and where its end was told, if it was."""

    job: Job
    posted: Posted | None


@dataclass(frozen=True, kw_only=True)
class HistoryPage:
    """Newest first; `number` counts from 1."""

    wanted: Wanted
    entries: Sequence[Past]
    number: int
    more: bool
