"""Reporting a picture to the admins of its server, and what they do about it.

Called by cogs/reporting.py and cogs/_report_posts.py.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence

from bot.core.access import Actor, ChannelId, GuildId, Role, Served
from bot.core.errors import AlreadyReported, NothingToReport, UnknownReport
from bot.core.jobs import Job, JobKey
from bot.core.outbox import Posted
from bot.core.ports import Clock
from bot.core.records import entry_of
from bot.core.reports import REASON_MAX, Closing, Draft, Report, ReportId, Reports, Verdict
from bot.services.generation import Generation
from bot.services.permissions import Permissions

_ACTIONS = {Verdict.DELETED: "Delete image", Verdict.DISMISSED: "Dismiss"}


class Reporting:
    """One report for each person and picture; each is told to the admins, and closed once.

    `wake` is called when there may be something to tell.
    """

    def __init__(
        self,
        reports: Reports,
        generation: Generation,
        permissions: Permissions,
        clock: Clock,
        served: Callable[[], Served],
        wake: Callable[[JobKey], None],
    ) -> None:
        self._reports = reports
        self._generation = generation
        self._permissions = permissions
        self._clock = clock
        self._served = served
        self._wake = wake
        self._one_at_a_time = asyncio.Lock()  # of two admins who press at once, one is first

    async def look(self, key: JobKey, actor: Actor) -> Job:
        """The job, if this person may report its picture.

        Raises UnknownJob, NothingToReport, AlreadyReported, and as `Permissions.admit`.
        """
        job = await self._generation.look(key, actor)
        if job.result is None or job.result.media is None:
            raise NothingToReport
        earlier = await self._reports.by(job, actor.user_id)
        if earlier:
            raise AlreadyReported(at=earlier.at)
        return job

    async def file(self, key: JobKey, actor: Actor, reason: str, posted: Posted | None) -> bool:
        """Keep a report; whether there is a channel in which the admins are told of it.

        Raises as `look`.
        """
        job = await self.look(key, actor)
        await self._reports.file(
            Draft(
                job=job,
                reporter_id=actor.user_id,
                at=self._clock.now(),
                reason=reason.strip()[:REASON_MAX],
                posted=posted,
            )
        )
        self._wake(key)
        return (await self._permissions.rules(actor.guild_id)).alerts_channel_id is not None

    async def close(
        self, report_id: ReportId, actor: Actor, verdict: Verdict
    ) -> tuple[Report, bool]:
        """The report as it is closed now, and whether it was this press that closed it.

        Raises NotAllowed, UnknownReport, and as `Permissions.admit`.
        """
        await self._permissions.require(actor, Role.ADMIN, _ACTIONS[verdict])
        async with self._one_at_a_time:
            report = await self._find(report_id, actor.guild_id)
            if report.closing:
                return report, False
            if verdict is Verdict.DELETED:
                await self._generation.delete(report.job.key, actor)
            now_at = self._clock.now()
            change = (f"job {report.job.key}", verdict.value)
            entry = entry_of(actor, now_at, "report", change, report.reason)
            closing = Closing(by=actor.user_id, at=now_at, verdict=verdict)
            await self._reports.close(report_id, closing, entry)
            return await self._find(report_id, actor.guild_id), True

    async def due(
        self, resting: Collection[ChannelId], limit: int
    ) -> Sequence[tuple[Report, ChannelId]]:
        """What the admins have to be told yet, and where; nothing for channels that rest."""
        served = self._served()
        here = [guild_id for guild_id in served.joined if guild_id in served]
        return await self._reports.due(here, resting, limit)

    async def told(self, report: Report) -> None:
        """They were."""
        await self._reports.told(report.id)

    async def _find(self, report_id: ReportId, guild_id: GuildId) -> Report:
        report = await self._reports.find(report_id, guild_id)
        if report is None:
            raise UnknownReport
        return report
