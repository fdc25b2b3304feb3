"""What waits for a Confirm button: bound to who asked, for a minute, in this process only.

A restart forgets it on purpose: nobody should confirm what was asked before. Called by services.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.core.access import Actor, GuildId, UserId
from bot.core.errors import Unconfirmed
from bot.core.ports import Clock

LIFETIME = timedelta(seconds=60)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Pending(Generic[T]):
    matter: T
    user_id: UserId
    guild_id: GuildId
    ends_at: datetime


class Confirmations(Generic[T]):
    """Matters by the key of their button."""

    def __init__(self, clock: Clock, fresh_key: Callable[[], str]) -> None:
        self._clock = clock
        self._fresh_key = fresh_key
        self._pending: dict[str, _Pending[T]] = {}

    def ask(self, actor: Actor, matter: T) -> tuple[str, datetime]:
        """The key of a new Confirm button, and when it lapses."""
        now_at = self._clock.now()
        self._pending = {key: p for key, p in self._pending.items() if p.ends_at > now_at}
        key, ends_at = self._fresh_key(), now_at + LIFETIME
        self._pending[key] = _Pending(
            matter=matter, user_id=actor.user_id, guild_id=actor.guild_id, ends_at=ends_at
        )
        return key, ends_at

    def take(self, key: str, actor: Actor) -> T:
        """The matter, once, for who asked; others use nothing up. Raises Unconfirmed."""
        pending = self._pending.get(key)
        if pending is None or self._clock.now() >= pending.ends_at:
            raise Unconfirmed
        if (pending.user_id, pending.guild_id) != (actor.user_id, actor.guild_id):
            raise Unconfirmed
        del self._pending[key]
        return pending.matter
