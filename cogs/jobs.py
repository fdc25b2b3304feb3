"""/jobs queue, list, show, cancel, retry, and the buttons that look at a job or withdraw it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import HugOps, StalePress
from bot.core.access import Actor, Sees, UserId
from bot.core.errors import NotShownHere
from bot.core.history import Stage
from bot.core.jobs import Job, JobKey
from bot.services.generation import Dossier
from bot.services.history import LAST_PAGE
from cogs import _words
from cogs._answers import NO_MENTIONS, answer, begin, begin_here, in_time, reply, whisper
from cogs._fitting import Fitted, fit, hidden_here, too_large
from cogs._format import code, plural
from cogs._history_card import history_card, history_row, read_key
from cogs._job_menus import Choices, in_menu, job_menu, matching, model_menu
from cogs._people import actor_of, eyes_of, origin_of
from cogs._read_cards import job_card, line_card
from cogs._replies import cancelled_card, picture_file, result_card
from cogs._views import job_row, line_row, result_row

ALL = "all"
MINE, EVERYONE = "mine", "everyone"


class Jobs(commands.GroupCog, name="jobs", description="Your images: waiting, made, cancelled"):
    """Looks at jobs and withdraws them."""

    def __init__(self, client: HugOps) -> None:
        self._app = client.app
        client.presses |= {
            "cancel": self.press_cancel,
            "notify": self.press_notify,
            "details": self.press_details,
            "refresh": self.press_refresh,
            "cancelmine": self.press_cancel_mine,
            "repost": self.press_repost,
            "download": self.press_download,
            "list": self.press_list,
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

    @app_commands.command(name="list", description="Your images so far, newest first")
    @app_commands.describe(
        status="Only those that stand like this",
        user="Whose; only admins see those of others",
        model="Only those of this model",
        page="Which page, from 1",
    )
    async def history(
        self,
        interaction: discord.Interaction,
        status: Literal["waiting", "working", "done", "failed", "cancelled"] | None = None,
        user: discord.User | None = None,
        model: str | None = None,
        page: app_commands.Range[int, 1, LAST_PAGE] = 1,
    ) -> None:
        """One page of the past."""
        await begin(interaction)
        stage, whose = Stage(status) if status else None, UserId(user.id) if user else None
        await self._show_past(interaction, (page, stage, whose, model))

    @app_commands.command(description="Ask for one of your images once more, just as it was")
    @app_commands.describe(job="The job's key, as its card shows it")
    async def retry(self, interaction: discord.Interaction, job: str) -> None:
        """A new job, as private as the old one."""
        key, actor = JobKey(job.strip()), actor_of(interaction)
        old = await in_time(self._app.generation.look(key, actor))
        work = self._app.generation.retry(key, origin_of(interaction), actor, own=True)
        await answer(self._app, interaction, work, private=old.request.private)

    @history.autocomplete("model")
    async def _models(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Those this server has used."""
        return await in_menu(model_menu(self._app, actor_of(interaction), typed))

    @cancel.autocomplete("job")
    async def _open_jobs(self, interaction: discord.Interaction, typed: str) -> Choices:
        """What waits, and `all`."""
        found = [app_commands.Choice(name="all of yours that wait", value=ALL)]
        return matching(found + await self._menu(interaction, past=False), typed)

    @retry.autocomplete("job")
    @show.autocomplete("job")
    async def _any_jobs(self, interaction: discord.Interaction, typed: str) -> Choices:
        """What waits or works, and what was made in the last day."""
        return matching(await self._menu(interaction, past=True), typed)

    async def _menu(self, interaction: discord.Interaction, *, past: bool) -> Choices:
        return await in_menu(job_menu(self._app, actor_of(interaction), past=past))

    async def press_list(self, interaction: discord.Interaction, key: str) -> None:
        """◀ and ▶ under a page of the past."""
        await begin_here(interaction)
        found = read_key(key)
        if found is None:
            raise StalePress
        page, stage, whose, sample = found
        looking, actor = self._app.card.looking, actor_of(interaction)
        model = await looking.model_of(actor, sample) if sample else None
        await self._show_past(interaction, (page, stage, whose, model))

    async def press_cancel(self, interaction: discord.Interaction, key: str) -> None:
        """Cancel, on the waiting card."""
        await begin_here(interaction)
        cancelled = await self._app.generation.cancel(JobKey(key), actor_of(interaction))
        await reply(interaction, cancelled_card(cancelled))

    async def press_notify(self, interaction: discord.Interaction, key: str) -> None:
        """Notify me, on the waiting card: on, and pressed again off."""
        await begin(interaction)
        watches = await self._app.card.watching.toggle(JobKey(key), actor_of(interaction))
        said = _words.NOTIFIED if watches else _words.NOT_NOTIFIED
        await interaction.edit_original_response(content=said)

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
            await whisper(interaction, _words.PICTURE_GONE)
            return
        card = result_card(job, job.result, dossier.ticket.snapshot, fitted.note)
        await interaction.followup.send(
            embed=card,
            file=fitted.file(job),
            view=result_row(job.key, share=_owns(interaction, job) and job.request.private),
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
            await interaction.edit_original_response(content=_words.PICTURE_GONE)
            return
        if len(data) > most:
            text = too_large(self._app, job, data, most)
            await interaction.edit_original_response(content=text)
            return
        hidden = await hidden_here(self._app, interaction, job)
        file = picture_file(job, job.result, data, hidden=hidden)
        await interaction.edit_original_response(
            content=f"Job {code(key)}", attachments=[file], allowed_mentions=NO_MENTIONS
        )

    async def _show_past(
        self,
        interaction: discord.Interaction,
        wanted: tuple[int, Stage | None, UserId | None, str | None],
    ) -> None:
        page, stage, whose, model = wanted
        actor = actor_of(interaction)
        found = await self._app.card.looking.page(actor, whose, stage, model, page)
        await reply(interaction, history_card(found), view=history_row(found))

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
        children = await self._app.card.looking.children(job, actor)
        card = job_card(dossier, self._app.default_model, [child.key for child in children])
        if fitted and fitted.note:
            card.add_field(name="Picture", value=fitted.note, inline=False)
        files = [fitted.file(job)] if fitted else []
        await reply(interaction, card, view=job_row(job, own=_owns(interaction, job)), files=files)

    async def _cancel_all(self, interaction: discord.Interaction, actor: Actor) -> None:
        cancelled = await self._app.generation.cancel_mine(actor)
        await interaction.edit_original_response(content=_said(cancelled))

    async def _picture(self, interaction: discord.Interaction, dossier: Dossier) -> Fitted | None:
        """The picture as it fits into this reply, when it is there. Raises NotShownHere."""
        job = dossier.ticket.job
        data = await self._app.generation.picture(job)
        hidden = await hidden_here(self._app, interaction, job)
        most = interaction.filesize_limit
        return await fit(self._app, job, data, most, hidden=hidden) if data else None


def _owns(interaction: discord.Interaction, job: Job) -> bool:
    return job.user_id == interaction.user.id


def _said(cancelled: Sequence[Job]) -> str:
    if not cancelled:
        return "**Nothing of yours waits here.** What already works cannot be cancelled."
    returned = _words.RETURNED if len(cancelled) == 1 else "Your slots were returned."
    return f"🚫 **Cancelled {plural(len(cancelled), 'image')}.** {returned}"


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Jobs(client))
