"""Posts reports into the alerts channels of servers, each once. Called by delivery.py.

The nonce keeps a repeated try from showing twice; a look into the channel does so for tries that
Discord has forgotten. A channel that refuses rests, and its reports stay due.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import discord
import structlog

from bot.client import HugOps
from bot.core.access import ChannelId
from bot.core.reports import Report
from cogs._report_cards import report_buttons, report_card
from cogs._views import press_id
from cogs._wire import LINE_ERRORS, Meaning, in_short, meaning_of

AT_ONCE = 10
LOOKED_THROUGH = 50
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Rest:
    """How often in a row a channel refused, and when it is asked again."""

    refusals: int
    ends_at: datetime


class ReportVoice:
    """Tells the admins."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._clock = client.app.clock
        self._rests: dict[ChannelId, Rest] = {}
        self._telling = False

    async def tell_due(self) -> None:
        """All that are due, unless that is being done already."""
        if self._telling:
            return
        self._telling = True
        try:
            await self._tell_each()
        finally:
            self._telling = False

    async def _tell_each(self) -> None:
        reporting = self._client.app.reporting
        for report, channel_id in await reporting.due(self._resting(), AT_ONCE):
            if channel_id in self._resting():
                continue
            try:
                await self._tell(report, channel_id)
            except LINE_ERRORS as error:
                self._let_rest(channel_id)
                log.warning(
                    "A report was not told",
                    action="report",
                    report=report.id,
                    error=in_short(error),
                )
                continue
            await reporting.told(report)
            self._rests.pop(channel_id, None)
            log.info("Report told", action="report", report=report.id, job=report.job.key)

    def _resting(self) -> set[ChannelId]:
        now_at = self._clock.now()
        return {channel_id for channel_id, rest in self._rests.items() if now_at < rest.ends_at}

    def _let_rest(self, channel_id: ChannelId) -> None:
        before = self._rests.get(channel_id)
        refusals = before.refusals + 1 if before else 0
        length = min(FIRST_REST * 2 ** min(refusals, 10), LONGEST_REST)
        self._rests[channel_id] = Rest(refusals=refusals, ends_at=self._clock.now() + length)

    async def _tell(self, report: Report, channel_id: ChannelId) -> None:
        guild_id = report.job.guild_id
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        may_stand_there = channel_id in self._rests or report.at < self._client.app.started_at
        if may_stand_there and await self._stands(channel, report):
            return
        await channel.send(
            embed=report_card(report),
            view=report_buttons(report) or discord.utils.MISSING,
            nonce=f"report-{report.id}",
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _stands(self, channel: discord.PartialMessageable, report: Report) -> bool:
        """Whether an earlier try got through; where we may not look, the nonce has to do."""
        sign = press_id("reportdismiss", str(report.id))
        me = self._client.user
        try:
            async for message in channel.history(limit=LOOKED_THROUGH):
                if me and message.author.id == me.id and sign in _ids(message):
                    return True
        except LINE_ERRORS as error:
            if meaning_of(error) is Meaning.LATER:
                raise
        return False


def _ids(message: discord.Message) -> list[str | None]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [part.custom_id for row in rows for part in row.children]
