"""Edit and Reuse prompt: a form with the old request filled in, and the job that comes of it."""

import discord
from discord.ext import commands

from bot.client import HugOps
from bot.core.jobs import JobKey
from cogs._answers import TYPED, answer, in_time, open_form
from cogs._forms import edit_form, is_submit, said_back, wish_of, written
from cogs._people import actor_of, on_private_message, origin_of


class Editing(commands.Cog):
    """Asks for the same picture, but different."""

    def __init__(self, client: HugOps) -> None:
        self._app = client.app
        client.presses |= {"edit": self.edit, "reuse": self.reuse}

    async def edit(self, interaction: discord.Interaction, key: str) -> None:
        """✏️ on a result: what comes of it is as private as the message pressed."""
        if not is_submit(interaction):
            await self.open_form(interaction, "edit", key)
            return
        await self._submit(interaction, key, private=on_private_message(interaction))

    async def reuse(self, interaction: discord.Interaction, key: str) -> None:
        """Reuse prompt, on a job: what comes of it is as private as that job was."""
        if not is_submit(interaction):
            await self.open_form(interaction, "reuse", key)
            return
        await self._submit(interaction, key, private=None)

    async def open_form(self, interaction: discord.Interaction, verb: str, key: str) -> None:
        """A form must be the first answer."""
        job = await in_time(self._app.generation.look(JobKey(key), actor_of(interaction)))
        await open_form(interaction, edit_form(verb, key, job.request))

    async def _submit(
        self, interaction: discord.Interaction, key: str, *, private: bool | None
    ) -> None:
        fields = written(interaction)
        interaction.extras[TYPED] = said_back(fields)
        wish = wish_of(fields)
        origin, actor = origin_of(interaction), actor_of(interaction)
        work = self._app.generation.edit(JobKey(key), wish, origin, actor, private=private)
        await answer(self._app, interaction, work, private=private is not False)


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Editing(client))
