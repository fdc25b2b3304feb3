"""The looks of /admin doctor that only a connected bot can take. Called by admin.py."""

import math

import discord

from bot.client import HugOps
from bot.core import checkup
from bot.core.access import ChannelId, GuildId
from bot.core.checkup import Check, ok, warning, wrong
from bot.core.errors import Unavailable
from bot.services.doctor import Look
from cogs._wire import LINE_ERRORS, in_short

SLOW_SECONDS = 1.0
_FOR_CARDS = ("view_channel", "send_messages", "embed_links", "attach_files")
_IN_THREADS = ("view_channel", "send_messages_in_threads", "embed_links", "attach_files")
_FOR_ALERTS = ("view_channel", "send_messages", "embed_links")
_FOR_REPLIES = ("read_message_history",)
_ALERTS = "Alerts"
_RESTART = "Restart me; it can take Discord an hour to show commands everywhere."


def discord_looks(client: HugOps, interaction: discord.Interaction) -> list[Look]:
    """Connection, commands, permissions here, and the servers."""

    async def connection() -> list[Check]:
        return [_connection(client.latency)]

    async def commands() -> list[Check]:
        return [await _commands(client, interaction)]

    async def permissions() -> list[Check]:
        thread = isinstance(interaction.channel, discord.Thread)
        return [permissions_here(interaction.app_permissions, thread=thread)]

    async def servers() -> list[Check]:
        return [checkup.of_served(client.app.presence.served())]

    async def alerts() -> list[Check]:
        guild_id = GuildId(interaction.guild_id or 0)
        return [alerts_check(interaction.guild, await client.app.alerts.channel_id(guild_id))]

    return [
        Look(label="Discord", remedy=_RESTART, ask=connection),
        Look(label="Commands", remedy=_RESTART, ask=commands),
        Look(label="Permissions here", remedy=_RESTART, ask=permissions),
        Look(label="Servers", remedy=_RESTART, ask=servers),
        Look(label=_ALERTS, remedy=_RESTART, ask=alerts),
    ]


def _connection(latency: float) -> Check:
    if not math.isfinite(latency):  # before the first heartbeat was answered
        return ok("Discord", "connected")
    took = f"{latency * 1000:,.0f} ms"
    if latency > SLOW_SECONDS:
        remedy = "Check the connection and the load of the bot's machine."
        return warning("Discord", f"connected, but slow: {took}", remedy)
    return ok("Discord", f"connected, {took}")


async def _commands(client: HugOps, interaction: discord.Interaction) -> Check:
    """Ask Discord: what the ledger remembers of the last registration may be out of date."""
    at_once = interaction.guild_id in client.app.sync_guilds
    scope = discord.Object(interaction.guild_id) if at_once and interaction.guild_id else None
    try:
        registered = {command.name for command in await client.tree.fetch_commands(guild=scope)}
    except LINE_ERRORS as error:
        raise Unavailable(
            what="Discord", reason=f"Discord did not say ({in_short(error)})"
        ) from error
    wanted = {command.name for command in client.tree.get_commands()}
    missing = ", ".join(f"/{name}" for name in sorted(wanted - registered))
    if missing:
        return wrong("Commands", f"not registered: {missing}", _RESTART)
    return ok("Commands", f"all {len(wanted)} are registered")


def alerts_check(guild: discord.Guild | None, channel_id: ChannelId | None) -> Check:
    """Whether alerts of this server have somewhere to go."""
    again = "Run /admin alerts with a channel in which I may view, send and embed."
    if channel_id is None:
        return warning(_ALERTS, "no channel is set: failures and reports reach no admin", again)
    channel = guild.get_channel(channel_id) if guild else None
    if guild is None or channel is None:
        return wrong(_ALERTS, "the channel that was set is gone", again)
    lacking = _missing(channel.permissions_for(guild.me), _FOR_ALERTS)
    if lacking:
        return wrong(_ALERTS, f"I may not post in #{channel.name}: missing {lacking}", again)
    return ok(_ALERTS, f"they go to #{channel.name}")


def permissions_here(granted: discord.Permissions, *, thread: bool) -> Check:
    """What the bot may do in this channel, as Discord computed it for this command."""
    label = "Permissions here"
    remedy = "Allow me that in the settings of this channel, or with the invite link in my log."
    needed = _missing(granted, _IN_THREADS if thread else _FOR_CARDS)
    if needed:
        return wrong(label, f"missing: {needed}", remedy)
    useful = _missing(granted, _FOR_REPLIES)
    if useful:
        return warning(label, f"missing: {useful}", remedy)
    return ok(label, "nothing is missing")


def _missing(granted: discord.Permissions, names: tuple[str, ...]) -> str:
    lacking = (name for name in names if not getattr(granted, name))
    return ", ".join(name.replace("_", " ").title().replace(" In ", " in ") for name in lacking)
