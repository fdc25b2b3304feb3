"""/status and /quota: how the bot is, and what a person used."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import HugOps
from cogs._answers import begin, begin_here, reply
from cogs._people import actor_of
from cogs._read_cards import Health, quota_card, status_card
from cogs._views import status_row


class Status(commands.Cog):
    """Reads for everybody."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._app = client.app
        client.presses["status"] = self.press_refresh

    @app_commands.command(description="Is everything up, and how long is the queue")
    async def status(self, interaction: discord.Interaction) -> None:
        """Connections, queue depth, windows."""
        await begin(interaction)
        await self._show(interaction)

    @app_commands.command(description="What you used and what is left")
    async def quota(self, interaction: discord.Interaction) -> None:
        """One's own use and the shared windows."""
        await begin(interaction)
        own = await self._app.usage.own(actor_of(interaction))
        await reply(interaction, quota_card(own))

    async def press_refresh(self, interaction: discord.Interaction, key: str) -> None:
        """Refresh, on the status card."""
        await begin_here(interaction)
        await self._show(interaction)

    async def _show(self, interaction: discord.Interaction) -> None:
        line = await self._app.usage.line(actor_of(interaction), everyone=True)
        account = self._app.account
        health = Health(
            started_at=self._app.started_at,
            latency=self._client.latency,
            account_known=account is not None,
            account_name=account.name if account else "",
        )
        await reply(interaction, status_card(health, line), view=status_row())


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Status(client))
