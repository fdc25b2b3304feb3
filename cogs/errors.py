"""No command: the only place where an error of a command or a press becomes a reply.

A refusal is private whatever was deferred; a bug is logged under a reference that the person sees.
"""

import secrets

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client import HugOps, StalePress, press_of
from bot.core.errors import Refused, Unavailable
from cogs import _words
from cogs._answers import NO_MENTIONS, PUBLIC, THINKING, TYPED, is_acknowledged
from cogs._wire import LINE_ERRORS, Meaning, in_short, is_unanswerable, meaning_of

_STALE = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
_ASKING = {"imagine", "reroll", "retry", "edit", "reuse", "jobs retry"}

log = structlog.stdlib.get_logger(__name__)


class Errors(commands.Cog):
    """The voice of everything that went wrong."""

    def __init__(self, client: HugOps) -> None:
        self._client = client

    async def cog_load(self) -> None:
        """Take over from the library, which would only log."""
        self._client.tree.error(self.of_command)
        self._client.voice = self.tell

    async def of_command(
        self, interaction: discord.Interaction[HugOps], error: app_commands.AppCommandError
    ) -> None:
        """Anything a command raised, and commands that no longer exist."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await self.tell(interaction, cause)

    async def tell(self, interaction: discord.Interaction, error: Exception) -> None:
        """Say it to the person, in private."""
        if is_unanswerable(error):
            log.info("Cannot answer", action="answer", error=in_short(error))
            return
        text = sentence(interaction, error)
        try:
            await _say(interaction, text)
        except LINE_ERRORS as failed:
            log.warning("Could not tell an error", action="errors", error=in_short(failed))


def sentence(interaction: discord.Interaction, error: Exception) -> str:
    """The words of an error; logs what is our fault."""
    if isinstance(error, Refused):
        return _words.refusal(error)
    if isinstance(error, StalePress):
        return _words.STALE_BUTTON
    if isinstance(error, _STALE):
        return _words.STALE_COMMAND
    if meaning_of(error) is Meaning.TOO_LARGE:
        return _words.FILE_REFUSED
    ref = secrets.token_hex(2)
    name = _name(interaction)
    log.error("A command failed", action="errors", ref=ref, command=name, exc_info=error)
    if isinstance(error, Unavailable):
        return _words.unavailable(error, ref)
    return _words.our_fault(ref, returned=name in _ASKING)


def _name(interaction: discord.Interaction) -> str:
    """The command's name or the button's verb."""
    if interaction.command:
        return interaction.command.qualified_name
    press = press_of(str((interaction.data or {}).get("custom_id", "")))
    return press[0] if press else "unknown"


async def _say(interaction: discord.Interaction, text: str) -> None:
    response = interaction.response
    typed: discord.Embed | None = interaction.extras.get(TYPED)
    embeds = [typed] if typed else []
    if not is_acknowledged(interaction):
        await response.send_message(
            text, embeds=embeds, ephemeral=True, allowed_mentions=NO_MENTIONS
        )
        return
    deferred = response.type is discord.InteractionResponseType.deferred_channel_message
    if interaction.extras.get(PUBLIC):
        await interaction.delete_original_response()
    elif deferred or interaction.extras.get(THINKING):
        await interaction.edit_original_response(
            content=text, embeds=embeds, allowed_mentions=NO_MENTIONS
        )
        return
    await interaction.followup.send(
        text, embeds=embeds, ephemeral=True, allowed_mentions=NO_MENTIONS
    )


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Errors(client))
