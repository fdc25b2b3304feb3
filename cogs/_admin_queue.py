"""/admin queue: pausing, draining and clearing this server's jobs. Called by admin.py."""

import discord
from discord import app_commands

from bot.app import App
from bot.core.servers import QueueState
from cogs._admin_cards import clear_question, cleared_card, queue_held_card
from cogs._answers import begin, begin_here, reply
from cogs._people import actor_of
from cogs._views import confirm_row

REASON_MAX = 200

Reason = app_commands.Range[str, 1, REASON_MAX]


class QueueCommands(app_commands.Group):
    """Holds and empties the queue; no other server notices."""

    def __init__(self, app: App) -> None:
        super().__init__(name="queue", description="Pause, drain or clear this server's jobs")
        self._app = app

    @app_commands.command(description="Start nothing more; new images wait with the others")
    @app_commands.describe(reason="Why; everybody who waits reads it")
    async def pause(self, interaction: discord.Interaction, reason: Reason | None = None) -> None:
        """Until somebody resumes it."""
        await begin(interaction)
        waiting = await self._app.queue_control.pause(actor_of(interaction), reason or "")
        await reply(interaction, queue_held_card(QueueState.PAUSED, waiting))

    @app_commands.command(description="Let the queue move and take new images again")
    @app_commands.describe(reason="Why, for the audit trail")
    async def resume(self, interaction: discord.Interaction, reason: Reason | None = None) -> None:
        """Ends a pause or a drain."""
        await begin(interaction)
        waiting = await self._app.queue_control.resume(actor_of(interaction), reason or "")
        await reply(interaction, queue_held_card(QueueState.OPEN, waiting))

    @app_commands.command(description="Take no new images; what waits is still made")
    @app_commands.describe(reason="Why; everybody who asks reads it")
    async def drain(self, interaction: discord.Interaction, reason: Reason | None = None) -> None:
        """Until somebody resumes it."""
        await begin(interaction)
        waiting = await self._app.queue_control.drain(actor_of(interaction), reason or "")
        await reply(interaction, queue_held_card(QueueState.DRAINING, waiting))

    @app_commands.command(description="Cancel everything that waits here, after a confirmation")
    @app_commands.describe(reason="Why; everybody whose image is cancelled reads it")
    async def clear(self, interaction: discord.Interaction, reason: Reason | None = None) -> None:
        """Asks first."""
        await begin(interaction)
        asked = await self._app.queue_control.ask_to_clear(actor_of(interaction), reason or "")
        await reply(interaction, clear_question(asked), view=confirm_row("clear", asked.key))

    async def press_clear(self, interaction: discord.Interaction, key: str) -> None:
        """Confirm, under the question."""
        await begin_here(interaction)
        cleared = await self._app.queue_control.clear(actor_of(interaction), key)
        await reply(interaction, cleared_card(cleared))
