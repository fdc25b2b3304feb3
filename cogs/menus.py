"""The commands in the menu of a message: Job details, Reuse prompt, Delete this image,
Report image.

They do what the buttons of the same job do, so the handlers of those are asked. Discord shows the
menu on every message; on one that is no picture of ours a sentence says so.
"""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import HugOps
from bot.core.jobs import JobKey
from cogs._answers import NO_MENTIONS, begin
from cogs._people import actor_of
from cogs._shared_posts import take_away
from cogs._views import key_on
from cogs._wire import LINE_ERRORS
from cogs._words import DELETED, NO_RESULT


class Menus(commands.Cog):
    """Adds the menu when it is loaded."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._menu = [
            app_commands.ContextMenu(name="Job details", callback=self.details),
            app_commands.ContextMenu(name="Reuse prompt", callback=self.reuse),
            app_commands.ContextMenu(name="Delete this image", callback=self.delete),
            app_commands.ContextMenu(name="Report image", callback=self.report),
        ]

    async def cog_load(self) -> None:
        """Menus belong to the tree, not to a cog."""
        for command in self._menu:
            self._client.tree.add_command(command)

    async def cog_unload(self) -> None:
        """The tree forgets them."""
        for command in self._menu:
            self._client.tree.remove_command(command.name, type=command.type)

    async def details(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """As Details under the picture."""
        await self._pass_on("details", interaction, message)

    async def reuse(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """As Reuse prompt under /jobs show."""
        await self._pass_on("reuse", interaction, message)

    async def delete(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """As Delete under the picture; the message is another than the one answered."""
        key = self._key(message)
        if key is None:
            await _no_result(interaction)
            return
        await begin(interaction)
        job = await self._client.app.generation.delete(JobKey(key), actor_of(interaction))
        await take_away(self._client, job, message)
        try:
            await message.delete()
        except LINE_ERRORS:
            await _edit_away(message)
        await interaction.edit_original_response(content=DELETED)

    async def report(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """As Report under the picture; the form that opens has to name the message."""
        place = "" if message.flags.ephemeral else f"_{message.id}"
        await self._pass_on("report", interaction, message, place)

    async def _pass_on(
        self, verb: str, interaction: discord.Interaction, message: discord.Message, place: str = ""
    ) -> None:
        key = self._key(message)
        if key is None:
            await _no_result(interaction)
            return
        await self._client.presses[verb](interaction, key + place)

    def _key(self, message: discord.Message) -> str | None:
        me = self._client.user
        return key_on(message) if me and message.author.id == me.id else None


async def _no_result(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(NO_RESULT, ephemeral=True, allowed_mentions=NO_MENTIONS)


async def _edit_away(message: discord.Message) -> None:
    """Best effort: a private message can only be taken away by its person."""
    try:
        await message.edit(attachments=[], view=None)
    except LINE_ERRORS:
        return


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Menus(client))
