"""Reports of pictures: the Reports port. A link is kept as `channel/message`, or empty."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from bot.core.access import ChannelId, GuildId, UserId
from bot.core.errors import AlreadyReported
from bot.core.jobs import Job, MessageId
from bot.core.outbox import Posted
from bot.core.records import AuditEntry
from bot.core.reports import Closing, Draft, Report, ReportId, Verdict
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.rows import audit_columns, job_of
from bot.ledger.tables import audit, job, report, server
from bot.ledger.timeline import Timeline, from_ms, to_ms

_OF_REPORT = [column.label(f"report_{column.name}") for column in report.c]


class SqlReports:
    """The Reports port."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._timeline = desk.timeline

    async def by(self, job: Job, reporter_id: UserId) -> Report | None:
        """What a person reported of a job."""
        return await self._one(_same(job, reporter_id))

    async def file(self, draft: Draft) -> None:
        """Keep it. Raises AlreadyReported."""
        same = _same(draft.job, draft.reporter_id)

        def step(conn: Connection) -> None:
            earlier = conn.execute(select(report.c.at).where(same)).scalar_one_or_none()
            if earlier is not None:
                raise AlreadyReported(at=from_ms(earlier))
            conn.execute(report.insert().values(**_columns(draft)))

        await self._database.write(step)

    async def find(self, report_id: ReportId, guild_id: GuildId) -> Report | None:
        """A report of this server."""
        return await self._one((report.c.id == report_id) & (report.c.guild_id == guild_id))

    async def due(
        self, guild_ids: Collection[GuildId], resting: Collection[ChannelId], limit: int
    ) -> list[tuple[Report, ChannelId]]:
        """Reports no admin was told of, with where to tell it, oldest first; not into `resting`."""
        channel_id = server.c.alerts_channel_id
        query = (
            select(job, *_OF_REPORT, channel_id)
            .join(report, report.c.job_id == job.c.id)
            .join(server, server.c.guild_id == report.c.guild_id)
            .where(report.c.told_at.is_(None), report.c.guild_id.in_(sorted(guild_ids)))
            .where(channel_id.is_not(None), channel_id.not_in(sorted(resting)))
            .order_by(report.c.id)
            .limit(limit)
        )

        def step(conn: Connection) -> list[tuple[Report, ChannelId]]:
            rows = conn.execute(query).mappings().all()
            return [
                (_report_of(row, self._timeline), ChannelId(row["alerts_channel_id"]))
                for row in rows
            ]

        return await self._database.read(step)

    async def told(self, report_id: ReportId) -> None:
        """The admins were told."""
        same = report.c.id == report_id
        change = report.update().where(same).values(told_at=self._timeline.wall_ms())
        await self._database.write(lambda conn: conn.execute(change).rowcount)

    async def close(self, report_id: ReportId, closing: Closing, entry: AuditEntry) -> None:
        """Close it, with the audit row: whoever closes it was told."""
        closed_at = to_ms(closing.at)
        change = report.update().where(report.c.id == report_id)
        change = change.values(
            told_at=func.coalesce(report.c.told_at, closed_at),
            closed_at=closed_at,
            closed_by=closing.by,
            outcome=closing.verdict.value,
        )

        def step(conn: Connection) -> None:
            conn.execute(change)
            conn.execute(audit.insert().values(**audit_columns(entry)))

        await self._database.write(step)

    async def _one(self, condition: ColumnElement[bool]) -> Report | None:
        query = select(job, *_OF_REPORT).join(report, report.c.job_id == job.c.id).where(condition)

        def step(conn: Connection) -> Report | None:
            row = conn.execute(query).mappings().one_or_none()
            return _report_of(row, self._timeline) if row else None

        return await self._database.read(step)


def _same(reported: Job, reporter_id: UserId) -> ColumnElement[bool]:
    return (report.c.job_id == reported.id) & (report.c.reporter_id == reporter_id)


def _columns(draft: Draft) -> dict[str, object]:
    posted = draft.posted
    return {
        "job_id": draft.job.id,
        "guild_id": draft.job.guild_id,
        "reporter_id": draft.reporter_id,
        "at": to_ms(draft.at),
        "reason": draft.reason,
        "link": f"{posted.channel_id}/{posted.message_id}" if posted else "",
    }


def _report_of(row: RowMapping, timeline: Timeline) -> Report:
    return Report(
        id=ReportId(row["report_id"]),
        job=job_of(row, timeline),
        reporter_id=UserId(row["report_reporter_id"]),
        at=from_ms(row["report_at"]),
        reason=row["report_reason"],
        posted=_posted_of(row["report_link"]),
        closing=_closing_of(row),
    )


def _posted_of(link: str) -> Posted | None:
    if not link:
        return None
    channel_id, _, message_id = link.partition("/")
    return Posted(channel_id=ChannelId(int(channel_id)), message_id=MessageId(int(message_id)))


def _closing_of(row: RowMapping) -> Closing | None:
    if row["report_closed_at"] is None:
        return None
    return Closing(
        by=UserId(row["report_closed_by"]),
        at=from_ms(row["report_closed_at"]),
        verdict=Verdict(row["report_outcome"]),
    )
