"""/admin access: which Discord role may do what. Called by admin.py, which adds the group."""

import discord
from discord import app_commands

from bot.app import App
from bot.core.access import Role, RoleId
from bot.core.errors import BadValue
from cogs._admin_cards import granted_card, grants_card, revoked_card
from cogs._answers import begin, reply
from cogs._people import actor_of

_GRANTABLE = {role.word: role for role in (Role.POWER, Role.OPERATOR, Role.ADMIN)}
_LEVELS = [app_commands.Choice(name=word, value=word) for word in _GRANTABLE]


class AccessCommands(app_commands.Group):
    """Gives Discord's roles a role of ours."""

    def __init__(self, app: App) -> None:
        super().__init__(name="access", description="Which Discord role may do what")
        self._app = app

    @app_commands.command(name="grant", description="Give a Discord role a role of mine")
    @app_commands.describe(role="The Discord role", level="What it may do")
    @app_commands.choices(level=_LEVELS)
    async def grant(self, interaction: discord.Interaction, role: discord.Role, level: str) -> None:
        """A role of ours for a role of theirs."""
        await begin(interaction)
        granted = _grantable(level)
        await self._app.permissions.grant(actor_of(interaction), RoleId(role.id), granted)
        await reply(interaction, granted_card(role.id, granted))

    @app_commands.command(name="revoke", description="Take a granted role back")
    @app_commands.describe(role="The Discord role")
    async def revoke(self, interaction: discord.Interaction, role: discord.Role) -> None:
        """And it is a member again."""
        await begin(interaction)
        before = await self._app.permissions.revoke(actor_of(interaction), RoleId(role.id))
        await reply(interaction, revoked_card(role.id, before))

    @app_commands.command(name="list", description="Which Discord role has which role of mine")
    async def list(self, interaction: discord.Interaction) -> None:
        """All grants of this server."""
        await begin(interaction)
        actor = actor_of(interaction)
        await self._app.permissions.require(actor, Role.ADMIN, "/admin access list")
        await reply(interaction, grants_card(await self._app.permissions.granted(actor.guild_id)))


def _grantable(level: str) -> Role:
    """The role of this name, if it is one that can be granted: ownership is not."""
    if level not in _GRANTABLE:
        raise BadValue(option="level", given=level[:50], allowed=", ".join(_GRANTABLE))
    return _GRANTABLE[level]
