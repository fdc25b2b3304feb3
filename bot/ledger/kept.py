"""What every command asks of a server: read once, kept until it changes. Nobody else writes here.

Called by people.py and servers.py.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import Connection

from bot.core.access import GuildId
from bot.ledger.database import Database

T = TypeVar("T")
V = TypeVar("V")


class Kept(Generic[V]):
    """A value for each server, and the one way to change what it was read from."""

    def __init__(self, database: Database, read: Callable[[Connection, GuildId], V]) -> None:
        self._database = database
        self._read = read
        self._known: dict[GuildId, V] = {}
        self._changes = 0

    async def of(self, guild_id: GuildId) -> V:
        """The value of a server. Raises Unavailable."""
        if guild_id in self._known:
            return self._known[guild_id]
        before = self._changes
        found = await self._database.read(lambda conn: self._read(conn, guild_id))
        if self._changes == before:  # else it may be what stood there before the change
            self._known[guild_id] = found
        return found

    async def change(self, guild_id: GuildId, step: Callable[[Connection], T]) -> T:
        """Run `step`, which changes what is read for this server. Raises Unavailable."""
        try:
            return await self._database.write(step)
        finally:  # even when it is unknown whether the commit happened
            self._changes += 1
            self._known.pop(guild_id, None)
