"""What the buttons of a card need from outside, as small Protocols; see also ports.py.

Every method of a store may raise Unavailable.
"""

from collections.abc import Sequence
from typing import Protocol

from bot.core.access import ChannelId, UserId
from bot.core.history import Past, Wanted
from bot.core.jobs import Job, JobId, JobKey, MessageId, Smaller
from bot.core.watching import Watch


class Shrinker(Protocol):
    """Makes pictures fit."""

    async def shrink(self, data: bytes, most: int) -> Smaller | None:
        """`data` as a picture of at most `most` bytes; None when a few tries gave none."""
        ...


class History(Protocol):
    """Jobs of the past."""

    async def page(self, wanted: Wanted, limit: int, offset: int) -> Sequence[Past]:
        """Newest first."""
        ...

    async def children(self, key: JobKey) -> Sequence[Job]:
        """What was made again from a job, oldest first."""
        ...


class Watchers(Protocol):
    """Who wants to be told when a job is over."""

    async def toggle(self, job_id: JobId, user_id: UserId) -> bool:
        """Whether the person is told from now on."""
        ...

    async def due(self, limit: int) -> Sequence[Watch]:
        """Jobs that were told, with watchers who were not."""
        ...

    async def told(self, job_id: JobId, user_ids: Sequence[UserId]) -> None:
        """These were told, or cannot be."""
        ...


class Shares(Protocol):
    """Which private pictures their people shared."""

    async def begin(self, job_id: JobId, channel_id: ChannelId) -> None:
        """It is about to be posted there."""
        ...

    async def done(self, job_id: JobId, channel_id: ChannelId, message_id: MessageId) -> None:
        """It stands there."""
        ...
