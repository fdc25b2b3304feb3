"""Where a server is told what needs an admin, and which of it was told already.

Called by cogs/_admin_alerts.py and cogs/delivery.py.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.core.access import Actor, ChannelId, GuildId, Role, Served
from bot.core.errors import Cause
from bot.core.ports import Clock, Notes, Servers
from bot.core.records import AuditEntry, entry_of
from bot.core.servers import ServerRules
from bot.services.permissions import Permissions

NEEDS_ADMIN = frozenset({Cause.TOKEN_INVALID, Cause.TOKEN_REFUSED, Cause.CREDIT_SPENT})


class Alerts:
    """One alert for each cause, server and day (UTC), whatever restarts."""

    def __init__(
        self,
        servers: Servers,
        notes: Notes,
        permissions: Permissions,
        clock: Clock,
        served: Callable[[], Served],
    ) -> None:
        self._servers = servers
        self._notes = notes
        self._permissions = permissions
        self._clock = clock
        self._served = served

    async def channel_id(self, guild_id: GuildId) -> ChannelId | None:
        """Where a server's alerts go; None: no admin has said."""
        return (await self._servers.rules(guild_id)).alerts_channel_id

    async def set_channel(
        self, actor: Actor, channel_id: ChannelId, prove: Callable[[], Awaitable[None]]
    ) -> None:
        """Send alerts there from now on, once `prove` has shown that the bot may post there."""
        await self._permissions.require(actor, Role.ADMIN, "/admin alerts")
        await prove()
        now_at = self._clock.now()

        def change(rules: ServerRules) -> tuple[ServerRules, AuditEntry]:
            said = (_said(rules.alerts_channel_id), _said(channel_id))
            after = replace(rules, alerts_channel_id=channel_id)
            return after, entry_of(actor, now_at, "alerts", said)

        await self._servers.change(actor.guild_id, change)

    async def due(self, cause: Cause) -> Sequence[tuple[GuildId, ChannelId]]:
        """Where this failure has to be told yet today; nowhere when it needs no admin."""
        if cause not in NEEDS_ADMIN:
            return []
        served = self._served()
        here = sorted(guild_id for guild_id in served.joined if guild_id in served)
        found = [(guild_id, await self.channel_id(guild_id)) for guild_id in here]
        return [
            (guild_id, channel_id)
            for guild_id, channel_id in found
            if channel_id and await self._notes.read(_note(guild_id, cause)) != self._today()
        ]

    async def told(self, guild_id: GuildId, cause: Cause) -> None:
        """It was told there, or cannot be: no more of it today."""
        await self._notes.write(_note(guild_id, cause), self._today())

    def _today(self) -> str:
        return f"{self._clock.now():%Y-%m-%d}"


def _note(guild_id: GuildId, cause: Cause) -> str:
    return f"alert {guild_id} {cause.value}"


def _said(channel_id: ChannelId | None) -> str:
    return f"<#{channel_id}>" if channel_id else "nowhere"
