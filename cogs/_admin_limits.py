"""/admin limits: what holds the token's calls back. Called by admin.py, which adds the group."""

from typing import Literal

import discord
from discord import app_commands

from bot.app import App
from bot.core.errors import BadValue
from bot.core.windows import Limit
from cogs._admin_cards import limits_card
from cogs._answers import begin, reply
from cogs._people import actor_of

_WINDOWS = [app_commands.Choice(name=limit.value, value=limit.value) for limit in Limit]


class LimitsCommands(app_commands.Group):
    """Shows and moves the windows of the token."""

    def __init__(self, app: App) -> None:
        super().__init__(name="limits", description="What holds the token's calls back")
        self._app = app

    @app_commands.command(name="show", description="The windows of the token and their use")
    async def show(self, interaction: discord.Interaction) -> None:
        """A gauge for each."""
        await begin(interaction)
        snapshot = await self._app.tuning.show(actor_of(interaction))
        await reply(interaction, limits_card(snapshot))

    @app_commands.command(name="set", description="Move one limit of the token")
    @app_commands.describe(
        window="Which limit",
        value="Calls; spacing in seconds, money in US cents a month; -1 lifts it",
        seconds="Length of an hour, day or unsettled window, when not the usual",
    )
    @app_commands.choices(window=_WINDOWS)
    async def set(
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

    @app_commands.command(name="preset", description="Take all limits of a Hugging Face plan")
    @app_commands.describe(plan="The plan of the account behind the token")
    async def preset(
        self, interaction: discord.Interaction, plan: Literal["free", "pro", "unlimited"]
    ) -> None:
        """All limits at once."""
        await begin(interaction)
        snapshot = await self._app.tuning.preset(actor_of(interaction), plan)
        await reply(interaction, limits_card(snapshot, f"✅ The limits are those of **{plan}**."))


def _limit(window: str) -> Limit:
    """The limit of this name; the list of choices binds only honest clients."""
    try:
        return Limit(window)
    except ValueError:
        allowed = ", ".join(limit.value for limit in Limit)
        raise BadValue(option="window", given=window[:50], allowed=allowed) from None
