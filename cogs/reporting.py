"""Report, under a picture and in the menu of its message, and the buttons of the admins' card."""

import discord
from discord.ext import commands

from bot.client import HugOps, StalePress
from bot.core.access import ChannelId
from bot.core.jobs import JobKey, MessageId
from bot.core.outbox import Posted
from bot.core.reports import Report, ReportId, Verdict
from cogs import _shared_posts
from cogs._answers import TYPED, begin, begin_here, in_time, open_form, reply, whisper
from cogs._forms import is_submit, report_form, said_back, written
from cogs._people import actor_of, on_private_message
from cogs._report_cards import link_of, report_buttons, report_card
from cogs._report_words import KEPT, MESSAGE_STAYS, REPORTED, closed_already
from cogs._views import key_on
from cogs._wire import LINE_ERRORS

_LONGEST_ID = 18  # digits of a number that the ledger can hold


class Reporting(commands.Cog):
    """Takes reports, and what the admins decide."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._app = client.app
        client.presses |= {
            "report": self.report,
            "reportdelete": self.delete,
            "reportdismiss": self.dismiss,
        }

    async def report(self, interaction: discord.Interaction, key: str) -> None:
        """🚩 on a picture; from a menu, where no message is pressed, `key` names it as well."""
        job_key, _, message_id = key.partition("_")
        actor = actor_of(interaction)
        if not is_submit(interaction):
            await in_time(self._app.reporting.look(JobKey(job_key), actor))
            await open_form(interaction, report_form(key))
            return
        await begin(interaction)
        fields = written(interaction)
        if fields.get("reason"):
            interaction.extras[TYPED] = said_back(fields)
        posted = _posted(interaction, message_id)
        reason = fields.get("reason", "")
        heard = await self._app.reporting.file(JobKey(job_key), actor, reason, posted)
        await interaction.edit_original_response(content=REPORTED if heard else KEPT)

    async def delete(self, interaction: discord.Interaction, key: str) -> None:
        """Delete image: from the store, and the message where that can be done."""
        report, now = await self._close(interaction, key, Verdict.DELETED)
        gone = True
        if report.closing and report.closing.verdict is Verdict.DELETED:
            # Again at a later press, too: the first one may have broken off here.
            await _shared_posts.take_away(self._client, report.job, None)
            gone = await self._take_away(report)
        await self._show(interaction, report, now=now)
        if not gone:
            await whisper(interaction, MESSAGE_STAYS + link_of(report))

    async def dismiss(self, interaction: discord.Interaction, key: str) -> None:
        """Dismiss: the picture stays."""
        report, now = await self._close(interaction, key, Verdict.DISMISSED)
        await self._show(interaction, report, now=now)

    async def _close(
        self, interaction: discord.Interaction, key: str, verdict: Verdict
    ) -> tuple[Report, bool]:
        """The report, and whether this press closed it."""
        await begin_here(interaction)
        return await self._app.reporting.close(_report_id(key), actor_of(interaction), verdict)

    async def _show(self, interaction: discord.Interaction, report: Report, *, now: bool) -> None:
        """The card says who closed it, whoever that was."""
        await reply(interaction, report_card(report), view=report_buttons(report))
        if not now and report.closing:
            await whisper(interaction, closed_already(report.closing))

    async def _take_away(self, report: Report) -> bool:
        """Whether the message is gone; a forged report may name one that is not about its job."""
        posted, job = report.posted, report.job
        if posted is None:
            return True
        channel = self._client.get_partial_messageable(posted.channel_id, guild_id=job.guild_id)
        me = self._client.user
        try:
            message = await channel.fetch_message(posted.message_id)
            if not me or message.author.id != me.id or key_on(message) != job.key:
                return False
            await message.delete()
        except discord.NotFound:
            return True
        except LINE_ERRORS:
            return False
        return True


def _posted(interaction: discord.Interaction, message_id: str) -> Posted | None:
    """The message that is reported; None when only this person sees it."""
    pressed = interaction.message
    found = str(pressed.id) if pressed else message_id
    if interaction.channel_id is None or not found.isdigit() or on_private_message(interaction):
        return None
    return Posted(channel_id=ChannelId(interaction.channel_id), message_id=MessageId(int(found)))


def _report_id(key: str) -> ReportId:
    """Raises StalePress when it is none of ours."""
    if not key.isdigit() or len(key) > _LONGEST_ID:
        raise StalePress
    return ReportId(int(key))


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Reporting(client))
