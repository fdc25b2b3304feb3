"""Posts into the alerts channels of servers: the proof that one works, and failures.

Called by admin.py and delivery.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from zlib import crc32

import discord
import structlog

from bot.client import HugOps
from bot.core.access import ChannelId, GuildId
from bot.core.errors import BadValue, Cause, Unavailable
from cogs import _words
from cogs._replies import COLOURS
from cogs._rule_words import ALERTS_COME_HERE
from cogs._wire import LINE_ERRORS, Meaning, in_short, meaning_of

log = structlog.stdlib.get_logger(__name__)


def prove_channel(
    client: HugOps, guild_id: GuildId, channel: discord.TextChannel
) -> Callable[[], Awaitable[None]]:
    """Post a first line there. Raises BadValue where that cannot be done."""

    async def prove() -> None:
        foreign = channel.guild.id != guild_id
        try:
            if not foreign:
                await post_alert(
                    client, ChannelId(channel.id), ALERTS_COME_HERE, f"here-{channel.id:x}"
                )
        except LINE_ERRORS as error:
            log.info("No alerts there", action="alerts", error=in_short(error))
            if meaning_of(error) is not Meaning.NO_WAY:
                raise Unavailable(what="alerts channel", reason=in_short(error)) from error
            foreign = True
        if foreign:
            allowed = "a channel of this server in which I may view, send and embed"
            raise BadValue(option="channel", given=f"#{channel.name}", allowed=allowed)

    return prove


async def post_alert(client: HugOps, channel_id: ChannelId, text: str, nonce: str) -> None:
    """One alert, which rings nobody and, by its `nonce`, shows once. Raises LINE_ERRORS."""
    embed = discord.Embed(description=text, colour=COLOURS.waiting)
    mentions = discord.AllowedMentions.none()
    channel = client.get_partial_messageable(channel_id)
    await channel.send(embed=embed, nonce=nonce, allowed_mentions=mentions)


class AlertVoice:
    """Tells failures that need an admin, each once a day in each server."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._one_at_a_time = asyncio.Lock()
        self._owed: set[Cause] = set()

    async def tell(self, cause: Cause | None) -> None:
        """Tell it where it is due, and what could not be told earlier."""
        if cause:
            self._owed.add(cause)
        async with self._one_at_a_time:
            for owed in list(self._owed):
                if await self._told_everywhere(owed):
                    self._owed.discard(owed)

    async def _told_everywhere(self, cause: Cause) -> bool:
        everywhere = True
        for guild_id, channel_id in await self._client.app.alerts.due(cause):
            if await self._told(cause, guild_id, channel_id):
                await self._client.app.alerts.told(guild_id, cause)
            else:
                everywhere = False
        return everywhere

    async def _told(self, cause: Cause, guild_id: GuildId, channel_id: ChannelId) -> bool:
        """Whether it was told, or never can be; /admin doctor finds a channel that is gone."""
        now_at = self._client.app.clock.now()
        name = f"{guild_id} {cause.value} {now_at:%Y-%m-%d}"
        try:
            text = _words.alert(cause, now_at)
            await post_alert(self._client, channel_id, text, f"alert-{crc32(name.encode()):08x}")
        except LINE_ERRORS as error:
            log.warning(
                "An alert was not told", action="alerts", guild=guild_id, error=in_short(error)
            )
            return meaning_of(error) is not Meaning.LATER
        return True
