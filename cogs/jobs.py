"""/jobs queue, show, cancel, and the buttons of every card that look at a job or withdraw it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client import HugOps
from bot.core.access import Actor, Sees
from bot.core.errors import NotShownHere
from bot.core.jobs import Job, JobKey
from bot.core.servers import Showing
from bot.services.generation import Dossier
from cogs import _words
from cogs._answers import NO_MENTIONS, begin, begin_here, reply, whisper
from cogs._fitting import Fitted, fit, too_large
from cogs._format import code, plural, shorten
from cogs._people import actor_of, eyes_of, restricted_here
from cogs._read_cards import job_card, line_card
from cogs._replies import cancelled_card, picture_file, result_card
from cogs._views import job_row, line_row, result_row

MENU_MAY_TAKE = 1.0  # seconds
ALL = "all"
GONE = "**The picture is no longer in my store.** Ask for it again with `/imagine`."
MINE, EVERYONE = "mine", "everyone"

log = structlog.stdlib.get_logger(__name__)

Choices = list[app_commands.Choice[str]]


class Jobs(commands.GroupCog, name="jobs", description="Your images: waiting, made, cancelled"):
    """Looks at jobs and withdraws them."""

    def __init__(self, client: HugOps) -> None:
        self._app = client.app
        client.presses |= {
            "cancel": self.press_cancel,
            "details": self.press_details,
            "refresh": self.press_refresh,
            "cancelmine": self.press_cancel_mine,
            "repost": self.press_repost,
            "download": self.press_download,
        }

    @app_commands.command(description="What waits and works, and what holds it")
    @app_commands.describe(scope="Only yours, or everyone's in this server")
    async def queue(
        self, interaction: discord.Interaction, scope: Literal["mine", "everyone"] = MINE
    ) -> None:
        """The line as this person may see it."""
        await begin(interaction)
        await self._show_line(interaction, scope)

    @app_commands.command(description="Everything about one image")
    @app_commands.describe(job="The job's key, as its card shows it")
    async def show(self, interaction: discord.Interaction, job: str) -> None:
        """Parameters, timeline, cost, and the picture."""
        await begin(interaction)
        await self._show_job(interaction, job, eyes_of(interaction))

    @app_commands.command(description="Withdraw an image that was not sent yet")
    @app_commands.describe(job="The job's key, or all for all of yours")
    async def cancel(self, interaction: discord.Interaction, job: str) -> None:
        """One job, or all of one's own."""
        await begin(interaction)
        actor = actor_of(interaction)
        if job.strip().lower() == ALL:
            await self._cancel_all(interaction, actor)
            return
        cancelled = await self._app.generation.cancel(JobKey(job.strip()), actor)
        await reply(interaction, cancelled_card(cancelled))

    @cancel.autocomplete("job")
    async def _open_jobs(self, interaction: discord.Interaction, typed: str) -> Choices:
        """What waits, and `all`."""
        found = [app_commands.Choice(name="all of yours that wait", value=ALL)]
        return _matching(found + await self._menu(interaction, past=False), typed)

    @show.autocomplete("job")
    async def _any_jobs(self, interaction: discord.Interaction, typed: str) -> Choices:
        """What waits or works, and what was made in the last day."""
        return _matching(await self._menu(interaction, past=True), typed)

    async def press_cancel(self, interaction: discord.Interaction, key: str) -> None:
        """Cancel, on the waiting card."""
        await begin_here(interaction)
        cancelled = await self._app.generation.cancel(JobKey(key), actor_of(interaction))
        await reply(interaction, cancelled_card(cancelled))

    async def press_details(self, interaction: discord.Interaction, key: str) -> None:
        """Details, on a result."""
        await begin(interaction)
        await self._show_job(interaction, key, None, picture=False)

    async def press_refresh(self, interaction: discord.Interaction, scope: str) -> None:
        """Refresh, on the queue."""
        await begin_here(interaction)
        await self._show_line(interaction, scope)

    async def press_cancel_mine(self, interaction: discord.Interaction, scope: str) -> None:
        """Cancel mine, on the queue."""
        await begin_here(interaction)
        cancelled = await self._app.generation.cancel_mine(actor_of(interaction))
        await self._show_line(interaction, scope)
        await whisper(interaction, _said(cancelled))

    async def press_repost(self, interaction: discord.Interaction, key: str) -> None:
        """Repost, on a job: as public as the job was."""
        await begin_here(interaction)
        dossier = await self._app.generation.show(JobKey(key), actor_of(interaction))
        job, fitted = dossier.ticket.job, await self._picture(interaction, dossier)
        if fitted is None or job.result is None:
            await whisper(interaction, GONE)
            return
        card = result_card(job, job.result, dossier.ticket.snapshot, fitted.note)
        await interaction.followup.send(
            embed=card,
            file=fitted.file(job),
            view=result_row(job.key),
            ephemeral=job.request.private,
            allowed_mentions=NO_MENTIONS,
        )

    async def press_download(self, interaction: discord.Interaction, key: str) -> None:
        """Download original, on a job."""
        await begin(interaction)
        dossier = await self._app.generation.show(JobKey(key), actor_of(interaction))
        job = dossier.ticket.job
        data, most = await self._app.generation.picture(job), interaction.filesize_limit
        if data is None or job.result is None:
            await interaction.edit_original_response(content=GONE)
            return
        if len(data) > most:
            text = too_large(self._app, job, data, most)
            await interaction.edit_original_response(content=text)
            return
        hidden = await self._hidden(interaction, job)
        file = picture_file(job, job.result, data, hidden=hidden)
        await interaction.edit_original_response(
            content=f"Job {code(key)}", attachments=[file], allowed_mentions=NO_MENTIONS
        )

    async def _show_line(self, interaction: discord.Interaction, scope: str) -> None:
        actor, everyone = actor_of(interaction), scope == EVERYONE
        sees = eyes_of(interaction)
        line = await self._app.usage.line(actor, everyone=everyone, sees=sees)
        card = line_card(line, actor.user_id, everyone=everyone)
        await reply(interaction, card, view=line_row(EVERYONE if everyone else MINE))

    async def _show_job(
        self,
        interaction: discord.Interaction,
        key: str,
        sees: Sees | None,
        *,
        picture: bool = True,
    ) -> None:
        asked, actor = JobKey(key.strip()), actor_of(interaction)
        dossier = await self._app.generation.show(asked, actor, sees)
        fitted = None
        if picture:
            with suppress(NotShownHere):
                fitted = await self._picture(interaction, dossier)
        job = dossier.ticket.job
        card = job_card(dossier, self._app.default_model)
        if fitted and fitted.note:
            card.add_field(name="Picture", value=fitted.note, inline=False)
        files = [fitted.file(job)] if fitted else []
        await reply(interaction, card, view=job_row(job), files=files)

    async def _cancel_all(self, interaction: discord.Interaction, actor: Actor) -> None:
        cancelled = await self._app.generation.cancel_mine(actor)
        await interaction.edit_original_response(content=_said(cancelled))

    async def _picture(self, interaction: discord.Interaction, dossier: Dossier) -> Fitted | None:
        """The picture as it fits into this reply, when it is there. Raises NotShownHere."""
        job = dossier.ticket.job
        data = await self._app.generation.picture(job)
        hidden = await self._hidden(interaction, job)
        most = interaction.filesize_limit
        return await fit(self._app, job, data, most, hidden=hidden) if data else None

    async def _hidden(self, interaction: discord.Interaction, job: Job) -> bool:
        """Whether a rule puts the picture behind a spoiler here. Raises NotShownHere."""
        here = restricted_here(interaction)
        shown = await self._app.rules.showing(job, here_restricted=here)
        if shown is Showing.NOT_HERE:
            raise NotShownHere
        return shown is Showing.BEHIND_SPOILER

    async def _menu(self, interaction: discord.Interaction, *, past: bool) -> Choices:
        try:
            async with asyncio.timeout(MENU_MAY_TAKE):
                return await self._known_jobs(actor_of(interaction), past=past)
        except Exception as error:  # noqa: BLE001 - a menu is never worth an error
            log.info("No menu", action="autocomplete", error=type(error).__name__)
            return []

    async def _known_jobs(self, actor: Actor, *, past: bool) -> Choices:
        line = await self._app.usage.line(actor, everyone=False)
        menu = [_choice(job.key, f"{job.status.value}: {job.request.prompt}") for job in line.jobs]
        if not past:
            return menu
        open_keys = {job.key for job in line.jobs}
        own = await self._app.usage.own(actor)
        made = {use.job_key: use for use in reversed(own.day) if use.job_key not in open_keys}
        for key, use in made.items():
            outcome = "made" if use.cause is None else "failed"
            menu.append(_choice(key, f"{outcome} {use.at:%H:%M} UTC with {use.model}"))
        return menu


def _choice(key: str, text: str) -> app_commands.Choice[str]:
    return app_commands.Choice(name=shorten(f"{key} · {text}", 100), value=key)


def _matching(menu: Choices, typed: str) -> Choices:
    wanted = typed.casefold().strip()
    return [choice for choice in menu if wanted in choice.name.casefold()][:25]


def _said(cancelled: Sequence[Job]) -> str:
    if not cancelled:
        return "**Nothing of yours waits here.** What already works cannot be cancelled."
    returned = _words.RETURNED if len(cancelled) == 1 else "Your slots were returned."
    return f"🚫 **Cancelled {plural(len(cancelled), 'image')}.** {returned}"


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Jobs(client))
