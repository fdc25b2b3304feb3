"""No command: the invite link in the log, and the one greeting of a new server."""

from datetime import datetime, timedelta

import discord
import structlog
from discord.ext import commands

from bot.client import HugOps
from bot.core.access import GuildId
from cogs._replies import COLOURS
from cogs._topics import clickable
from cogs._wire import LINE_ERRORS, in_short

INVITE = discord.Permissions(274878024704)
SILENT_FOR = timedelta(days=30)

_STEPS = (
    "**1.** {imagine} `prompt:a lighthouse in a storm` makes the first picture.\n"
    "**2.** An admin runs {doctor}, which says what is missing, and looks at {limits_show}.\n"
    "**3.** {help} explains the rest: queue, limits, private pictures."
)
_NOT_SERVED = (
    "I do not work for this server yet.\n"
    "**1.** My owner names it in `HUGOPS_GUILDS` and restarts me.\n"
    "**2.** An admin runs {doctor}.\n"
    "**3.** {imagine} makes the first picture; {help} explains the rest."
)

log = structlog.stdlib.get_logger(__name__)


class Welcome(commands.Cog):
    """How servers get to know the bot."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._invited = False

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """The link, once: a new connection is ready again."""
        application_id = self._client.application_id
        if self._invited or application_id is None:
            return
        self._invited = True
        link = discord.utils.oauth_url(application_id, permissions=INVITE)
        log.info("Invite me with this link", action="invite", link=link)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet, unless that happened lately or there is nowhere to write."""
        channel = _place(guild)
        if channel is None or not await self._first_time(guild):
            return
        served = GuildId(guild.id) in self._client.app.presence.served()
        steps = clickable(_STEPS if served else _NOT_SERVED, self._client.command_ids)
        try:
            await _greet(channel, steps)
        except LINE_ERRORS as error:
            log.warning("Could not greet", action="greet", guild=guild.id, error=in_short(error))

    async def _first_time(self, guild: discord.Guild) -> bool:
        """Remembered before it is said: rather no greeting than two."""
        notes, now_at = self._client.app.notes, self._client.app.clock.now()
        name = f"greeted {guild.id}"
        last = await notes.read(name)
        if last and now_at - datetime.fromisoformat(last) < SILENT_FOR:
            return False
        await notes.write(name, now_at.isoformat())
        return True


async def _greet(channel: discord.TextChannel, steps: str) -> None:
    title = "Hello, I make pictures from words"
    if channel.permissions_for(channel.guild.me).embed_links:
        embed = discord.Embed(title=title, description=steps, colour=COLOURS.working)
        await channel.send(embed=embed)
    else:
        await channel.send(f"**{title}**\n{steps}")


def _place(guild: discord.Guild) -> discord.TextChannel | None:
    """The system channel, or the first text channel where the bot may write."""
    first = [guild.system_channel] if guild.system_channel else []
    return next((c for c in [*first, *guild.text_channels] if _may_write(c)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    granted = channel.permissions_for(channel.guild.me)
    return granted.view_channel and granted.send_messages


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Welcome(client))
