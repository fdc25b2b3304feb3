"""/help: a start page by role, and one page for each topic."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import HugOps
from bot.core.access import Actor
from bot.core.errors import BadValue
from cogs._answers import answer_page
from cogs._people import actor_of
from cogs._topics import TOPICS, start_page, topic_page

_CHOICES = [app_commands.Choice(name=title, value=name) for name, (title, _) in TOPICS.items()]


class Help(commands.Cog):
    """Explains the rest."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._app = client.app

    @app_commands.command(description="How to use me, with examples")
    @app_commands.describe(topic="What you want to know more about")
    @app_commands.choices(topic=_CHOICES)
    async def help(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        """The start page, or a topic."""
        await answer_page(interaction, self._page(actor_of(interaction), topic))

    async def _page(self, actor: Actor, topic: str | None) -> discord.Embed:
        role = await self._app.permissions.admit(actor)
        ids = self._client.command_ids
        if topic is not None and topic not in TOPICS:
            raise BadValue(option="topic", given=topic[:50], allowed=", ".join(TOPICS))
        return topic_page(topic, ids) if topic else start_page(role, ids)


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Help(client))
