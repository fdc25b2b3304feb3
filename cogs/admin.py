"""/admin limits, access, audit, doctor: the knobs of the token, who may turn them, what is wrong.

Discord hides it from people without Manage Server; the services decide again who may use it.
"""

import asyncio
from typing import Literal

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client import HugOps
from bot.core.access import Role, RoleId
from bot.core.durations import since as since_when
from bot.core.errors import BadValue
from bot.core.windows import Limit
from cogs._admin_cards import (
    AuditFilter,
    audit_card,
    audit_csv,
    granted_card,
    grants_card,
    limits_card,
    revoked_card,
)
from cogs._answers import answer, begin, reply, whisper_page
from cogs._checkup_card import checkup_card
from cogs._discord_looks import discord_looks
from cogs._people import actor_of, origin_of

MOST_AUDITED = 1000
MENU_MAY_TAKE = 1.0  # seconds

_WINDOWS = [app_commands.Choice(name=limit.value, value=limit.value) for limit in Limit]
_GRANTABLE = {role.word: role for role in (Role.POWER, Role.OPERATOR, Role.ADMIN)}
_LEVELS = [app_commands.Choice(name=word, value=word) for word in _GRANTABLE]

log = structlog.stdlib.get_logger(__name__)


@app_commands.default_permissions(manage_guild=True)
class Admin(commands.GroupCog, name="admin", description="Limits, roles and the audit trail"):
    """Changes what holds the token back, and who may do what."""

    limits = app_commands.Group(name="limits", description="What holds the token's calls back")
    access = app_commands.Group(name="access", description="Which Discord role may do what")

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._app = client.app

    @limits.command(name="show", description="The windows of the token and their use")
    async def limits_show(self, interaction: discord.Interaction) -> None:
        """A gauge for each."""
        await begin(interaction)
        snapshot = await self._app.tuning.show(actor_of(interaction))
        await reply(interaction, limits_card(snapshot))

    @limits.command(name="set", description="Move one limit of the token")
    @app_commands.describe(
        window="Which limit",
        value="Calls; spacing in seconds, money in US cents a month; -1 lifts it",
        seconds="Length of an hour, day or unsettled window, when not the usual",
    )
    @app_commands.choices(window=_WINDOWS)
    async def limits_set(
        self,
        interaction: discord.Interaction,
        window: str,
        value: int,
        seconds: int | None = None,
    ) -> None:
        """One limit."""
        await begin(interaction)
        limit = _limit(window)
        snapshot = await self._app.tuning.set(actor_of(interaction), limit, value, seconds)
        await reply(interaction, limits_card(snapshot, f"✅ **{limit.value}** is set to {value}."))

    @limits.command(name="preset", description="Take all limits of a Hugging Face plan")
    @app_commands.describe(plan="The plan of the account behind the token")
    async def limits_preset(
        self, interaction: discord.Interaction, plan: Literal["free", "pro", "unlimited"]
    ) -> None:
        """All limits at once."""
        await begin(interaction)
        snapshot = await self._app.tuning.preset(actor_of(interaction), plan)
        await reply(interaction, limits_card(snapshot, f"✅ The limits are those of **{plan}**."))

    @access.command(name="grant", description="Give a Discord role a role of mine")
    @app_commands.describe(role="The Discord role", level="What it may do")
    @app_commands.choices(level=_LEVELS)
    async def access_grant(
        self, interaction: discord.Interaction, role: discord.Role, level: str
    ) -> None:
        """A role of ours for a role of theirs."""
        await begin(interaction)
        granted = _grantable(level)
        await self._app.permissions.grant(actor_of(interaction), RoleId(role.id), granted)
        await reply(interaction, granted_card(role.id, granted))

    @access.command(name="revoke", description="Take a granted role back")
    @app_commands.describe(role="The Discord role")
    async def access_revoke(self, interaction: discord.Interaction, role: discord.Role) -> None:
        """And it is a member again."""
        await begin(interaction)
        before = await self._app.permissions.revoke(actor_of(interaction), RoleId(role.id))
        await reply(interaction, revoked_card(role.id, before))

    @access.command(name="list", description="Which Discord role has which role of mine")
    async def access_list(self, interaction: discord.Interaction) -> None:
        """All grants of this server."""
        await begin(interaction)
        actor = actor_of(interaction)
        await self._app.permissions.require(actor, Role.ADMIN, "/admin access list")
        await reply(interaction, grants_card(await self._app.permissions.granted(actor.guild_id)))

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


def _limit(window: str) -> Limit:
    """The limit of this name; the list of choices binds only honest clients."""
    try:
        return Limit(window)
    except ValueError:
        allowed = ", ".join(limit.value for limit in Limit)
        raise BadValue(option="window", given=window[:50], allowed=allowed) from None


def _grantable(level: str) -> Role:
    """The role of this name, if it is one that can be granted: ownership is not."""
    if level not in _GRANTABLE:
        raise BadValue(option="level", given=level[:50], allowed=", ".join(_GRANTABLE))
    return _GRANTABLE[level]


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Admin(client))
