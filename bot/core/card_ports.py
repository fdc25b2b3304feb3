"""What the buttons of a card need from outside, as small Protocols; see also ports.py.

Every method of a store may raise Unavailable.
"""

from collections.abc import Sequence
from typing import Protocol

from bot.core.history import Past, Wanted
from bot.core.jobs import Job, JobKey, Smaller


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
