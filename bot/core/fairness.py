"""Whose turn it is: fewest slots in the trailing hour, weighted by role, then first come.

Called by the ledger inside the claim, and by core/queue.py to play the queue forward.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest

from bot.core.access import GuildId, Role, UserId
from bot.core.jobs import JobId

MEMORY = timedelta(hours=1)
LIGHT_USE = 2  # a person below this many slots in the trailing hour may use the reserve


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A job that waits for its turn; it is not ready before `ready_at`."""

    job_id: JobId
    guild_id: GuildId
    user_id: UserId
    weight: int
    ready_at: datetime


def weight_of(role: Role) -> int:
    """How many slots of a person count as one of a member's."""
    return 1 if role is Role.MEMBER else 2


def next_turn(
    waiting: Iterable[Waiting],
    slots: Mapping[UserId, int],
    now_at: datetime,
    *,
    light_only: bool = False,
) -> Waiting | None:
    """The job whose turn it is, given how many `slots` each person had in the trailing hour."""
    ready = (job for job in waiting if job.ready_at <= now_at)
    if light_only:
        ready = (job for job in ready if slots.get(job.user_id, 0) < LIGHT_USE)
    return min(ready, key=lambda job: _claim(job, slots), default=None)


def light_again_at(sent: Iterable[datetime]) -> datetime | None:
    """When a person whose calls left then is light again; None: they are."""
    latest = nlargest(LIGHT_USE, sent)
    return latest[-1] + MEMORY if len(latest) == LIGHT_USE else None


def _claim(job: Waiting, slots: Mapping[UserId, int]) -> tuple[float, int]:
    return slots.get(job.user_id, 0) / job.weight, job.job_id
