"""What the buttons of a card need from outside, as small Protocols; see also ports.py.

Every method of a store may raise Unavailable.
"""

from typing import Protocol

from bot.core.jobs import Smaller


class Shrinker(Protocol):
    """Makes pictures fit."""

    async def shrink(self, data: bytes, most: int) -> Smaller | None:
        """`data` as a picture of at most `most` bytes; None when a few tries gave none."""
        ...
