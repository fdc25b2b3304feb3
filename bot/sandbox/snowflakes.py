"""Ids and tokens as Discord mints them; used by the world for everything it creates."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
_TIME_SHIFT = 22


class Mint:
    """Unique, rising ids that carry the time, as the bot's library reads it back from them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = 0

    def snowflake(self) -> int:
        now_ms = round(self._now().timestamp() * 1000) - EPOCH_MS
        self._last = max(now_ms << _TIME_SHIFT, self._last + 1)
        return self._last

    def token(self) -> str:
        """An interaction token; long enough for the patterns that hide tokens in logs."""
        return f"aW50ZXJhY3Rpb24-{secrets.token_urlsafe(60)}"


def created_at(snowflake: int) -> datetime:
    return datetime.fromtimestamp(((snowflake >> _TIME_SHIFT) + EPOCH_MS) / 1000, UTC)
