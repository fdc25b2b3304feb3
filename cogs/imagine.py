"""/imagine and the buttons of its results that ask for another picture or delete one."""

import asyncio

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client import HugOps
from bot.core.checks import PROMPT_MAX, Wish
from bot.core.jobs import JobKey, Size
from cogs._answers import answer, begin_here, whisper
from cogs._people import actor_of, on_private_message, origin_of
from cogs._shared_posts import take_away
from cogs._wire import LINE_ERRORS
from cogs._words import DELETED

MENU_MAY_TAKE = 1.0  # seconds

log = structlog.stdlib.get_logger(__name__)

_SIZES = [
    app_commands.Choice(
        name=f"{size.value} ({size.pixels[0]} by {size.pixels[1]})", value=size.value
    )
    for size in Size
]


class Imagine(commands.Cog):
    """Asks for pictures."""

    def __init__(self, client: HugOps) -> None:
        self._app = client.app
        client.presses |= {"reroll": self.reroll, "retry": self.retry, "delete": self.delete}

    @app_commands.command(description="Make a picture from words")
    @app_commands.describe(
        prompt="What the picture shows, up to 1,500 characters",
        model="A text-to-image model on Hugging Face; empty takes the usual one",
        size="Width and height; empty takes the model's own",
        negative_prompt="What to keep out of the picture",
        seed="The same seed and prompt give the same picture; empty draws one",
        steps="How long the model works on it, 1 to 50",
        guidance="How closely it follows the prompt, 0 to 20",
        private="Only you see it; empty takes what this server has chosen",
        spoiler="Hide the picture until it is clicked",
    )
    @app_commands.choices(size=_SIZES)
    async def imagine(
        self,
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, PROMPT_MAX],
        model: str | None = None,
        size: str | None = None,
        negative_prompt: str | None = None,
        seed: int | None = None,
        steps: int | None = None,
        guidance: float | None = None,
        private: bool | None = None,
        spoiler: bool = False,
    ) -> None:
        """Queue one picture."""
        actor = actor_of(interaction)
        hidden = await self._app.rules.private(actor.guild_id, private)
        wish = Wish(
            prompt=prompt,
            model=model,
            size=size,
            negative_prompt=negative_prompt,
            seed=seed,
            steps=steps,
            guidance=guidance,
            private=hidden,
            spoiler=spoiler,
        )
        work = self._app.generation.submit(wish, origin_of(interaction), actor)
        await answer(self._app, interaction, work, private=hidden)

    @imagine.autocomplete("model")
    async def _models(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """The default model and those this server has used; nothing when that takes too long."""
        try:
            async with asyncio.timeout(MENU_MAY_TAKE):
                models = await self._app.usage.models(actor_of(interaction), typed)
        except Exception as error:  # noqa: BLE001 - a menu is never worth an error
            log.info("No menu", action="autocomplete", error=type(error).__name__)
            return []
        return [app_commands.Choice(name=model, value=model) for model in models]

    async def reroll(self, interaction: discord.Interaction, key: str) -> None:
        """🎲 The same request with a fresh seed; who presses pays."""
        origin, actor = origin_of(interaction), actor_of(interaction)
        private = on_private_message(interaction)
        work = self._app.generation.reroll(JobKey(key), origin, actor, aloud=not private)
        await answer(self._app, interaction, work, private=private)

    async def retry(self, interaction: discord.Interaction, key: str) -> None:
        """🔁 The very same request once more."""
        origin, actor = origin_of(interaction), actor_of(interaction)
        work = self._app.generation.retry(JobKey(key), origin, actor)
        await answer(self._app, interaction, work, private=on_private_message(interaction))

    async def delete(self, interaction: discord.Interaction, key: str) -> None:
        """🗑️ Forget the picture and take its message away."""
        await begin_here(interaction)
        job = await self._app.generation.delete(JobKey(key), actor_of(interaction))
        await take_away(interaction.client, job, interaction.message)
        try:
            await interaction.delete_original_response()
        except LINE_ERRORS:
            await interaction.edit_original_response(attachments=[], view=None)
        await whisper(interaction, DELETED)


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Imagine(client))
