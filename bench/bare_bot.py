"""The floor: the least that discord.py can do with two commands. A process of its own."""

import os

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

Route.BASE = os.environ["DISCORD_API_URL"]
DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["GATEWAY_URL"])


class Bare(discord.Client):
    """Answers /help at once and defers /imagine."""

    async def setup_hook(self) -> None:
        """Register the two commands."""
        tree = discord.app_commands.CommandTree(self)

        @tree.command(description="The plain command")
        async def help(interaction: discord.Interaction) -> None:  # noqa: A001 - its name there
            await interaction.response.send_message("pong")

        @tree.command(description="The command that takes its time")
        async def imagine(interaction: discord.Interaction, prompt: str) -> None:
            await interaction.response.defer()

        await tree.sync()


Bare(intents=discord.Intents(guilds=True)).run(os.environ["DISCORD_TOKEN"], log_handler=None)
