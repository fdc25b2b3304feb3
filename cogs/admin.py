"""/admin: the knobs of the token, who may do what, the rules of the server, what is wrong.

Discord hides it from people without Manage Server; the services decide again who may use it. The
groups limits, access and queue are in files of their own.
"""

import asyncio
from typing import cast

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client import HugOps
from bot.core.access import ChannelId, Role, UserId
from bot.core.durations import since as since_when
from cogs._admin_access import AccessCommands
from cogs._admin_cards import (
    AuditFilter,
    alerts_card,
    audit_card,
    audit_csv,
    blocked_card,
    unblocked_card,
)
from cogs._admin_limits import LimitsCommands
from cogs._admin_queue import QueueCommands
from cogs._alert_posts import prove_channel
from cogs._answers import answer, begin, begin_here, open_form, reply, whisper_page
from cogs._checkup_card import checkup_card
from cogs._config_panel import config_card, config_form, config_rows, rule_of, typed_in
from cogs._discord_looks import discord_looks
from cogs._people import actor_of, actor_of_person, origin_of

MOST_AUDITED = 1000
MENU_MAY_TAKE = 1.0  # seconds
REASON_MAX = 200

log = structlog.stdlib.get_logger(__name__)

Reason = app_commands.Range[str, 1, REASON_MAX]


@app_commands.default_permissions(manage_guild=True)
class Admin(commands.GroupCog, name="admin", description="Limits, roles, rules, audit trail"):
    """Changes what holds the token back, who may do what, and what may be made."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._app = client.app
        queue = QueueCommands(client.app)
        for group in (LimitsCommands(client.app), AccessCommands(client.app), queue):
            cast("app_commands.Group", self.app_command).add_command(group)
        client.presses |= {"clear": queue.press_clear, "config": self.press_config}

    @app_commands.command(description="Where requests, reports and failures are told")
    @app_commands.describe(channel="A channel of this server in which I may post")
    async def alerts(self, interaction: discord.Interaction, channel: discord.TextChannel) -> None:
        """Proven by a first message there."""
        await begin(interaction)
        actor, channel_id = actor_of(interaction), ChannelId(channel.id)
        proof = prove_channel(self._client, actor.guild_id, channel)
        await self._app.alerts.set_channel(actor, channel_id, proof)
        await reply(interaction, alerts_card(channel_id))

    @app_commands.command(description="Take me away from a person in this server")
    @app_commands.describe(
        user="Who may no longer use me here",
        until="How long: 30m, 2h, 3d, or a date; empty: until unblocked",
        reason="Why, for the audit trail",
    )
    async def block(
        self,
        interaction: discord.Interaction,
        user: discord.Member | discord.User,
        until: str | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Commands and buttons are refused; what waits is withdrawn."""
        await begin(interaction)
        actor, person = actor_of(interaction), actor_of_person(interaction, user)
        blocked = await self._app.blocking.block(actor, person, until, reason or "")
        await reply(interaction, blocked_card(user.id, blocked))

    @app_commands.command(description="Let a blocked person use me again")
    @app_commands.describe(user="Who is blocked", reason="Why, for the audit trail")
    async def unblock(
        self,
        interaction: discord.Interaction,
        user: discord.Member | discord.User,
        reason: Reason | None = None,
    ) -> None:
        """Lifts the block before its end."""
        await begin(interaction)
        actor, user_id = actor_of(interaction), UserId(user.id)
        lifted = await self._app.blocking.unblock(actor, user_id, reason or "")
        await reply(interaction, unblocked_card(user.id, lifted=lifted))

    @app_commands.command(description="Models, caps, privacy, age rule and banned words")
    async def config(self, interaction: discord.Interaction) -> None:
        """The panel."""
        await begin(interaction)
        rules = await self._app.rules.show(actor_of(interaction))
        await reply(interaction, config_card(rules), view=config_rows(rules))

    async def press_config(self, interaction: discord.Interaction, key: str) -> None:
        """A select, a button or a form of the panel; each press is checked again."""
        (rule, carried), actor = rule_of(key), actor_of(interaction)
        typed = carried or typed_in(interaction)
        if typed is None:
            form = config_form(rule, await self._app.rules.show(actor))
            await open_form(interaction, form)
            return
        await begin_here(interaction)
        rules = await self._app.rules.set(actor, rule, typed)
        await reply(interaction, config_card(rules, rule), view=config_rows(rules))

    @app_commands.command(description="Who changed what, from what to what")
    @app_commands.describe(
        user="Only changes by this person",
        action="Only changes of this kind, as the trail names them",
        since="How far back: 30m, 2h, 3d, or a date like 2026-11-21",
    )
    async def audit(
        self,
        interaction: discord.Interaction,
        user: discord.Member | discord.User | None = None,
        action: str | None = None,
        since: str | None = None,
    ) -> None:
        """The trail, with the file attached."""
        await begin(interaction)
        since_at = since_when(since, self._app.clock.now(), option="since") if since else None
        user_id = user.id if user else None
        wanted = AuditFilter(user_id=user_id, action=action, since_at=since_at)
        entries = await self._app.permissions.audit(actor_of(interaction), MOST_AUDITED)
        chosen = wanted.chosen(entries)
        await reply(interaction, audit_card(chosen), files=[audit_csv(chosen)])

    @app_commands.command(description="Check everything I need, with a remedy for what is wrong")
    @app_commands.describe(deep="Make one real small picture as well; it uses one slot")
    async def doctor(self, interaction: discord.Interaction, deep: bool = False) -> None:
        """A line for each check."""
        if deep:
            return await self._examine_deeply(interaction)
        await begin(interaction)
        await self._app.permissions.require(actor_of(interaction), Role.ADMIN, "/admin doctor")
        checks = await self._app.doctor.examine(*discord_looks(self._client, interaction))
        return await reply(interaction, checkup_card(checks))

    async def _examine_deeply(self, interaction: discord.Interaction) -> None:
        """The card of a private picture first, and below it every check with what became of it."""
        work = self._app.trial.begin(origin_of(interaction), actor_of(interaction))
        ticket = await answer(self._app, interaction, work, private=True)
        checks = await self._app.doctor.examine(*discord_looks(self._client, interaction))
        picture = await self._app.trial.outcome(ticket.job.key)
        await whisper_page(interaction, checkup_card([picture, *checks]))

    @audit.autocomplete("action")
    async def _actions(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """The kinds of change that are in the trail; nothing for those who may not read it."""
        try:
            async with asyncio.timeout(MENU_MAY_TAKE):
                trail = await self._app.permissions.audit(actor_of(interaction), 100)
        except Exception as error:  # noqa: BLE001 - a menu is never worth an error
            log.info("No menu", action="autocomplete", error=type(error).__name__)
            return []
        kinds = sorted({entry.action[:100] for entry in trail})
        wanted = typed.casefold().strip()
        found = [kind for kind in kinds if wanted in kind.casefold()]
        return [app_commands.Choice(name=kind, value=kind) for kind in found[:25]]


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Admin(client))
