"""Jobs of the past, for people who look back: the History port."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from bot.core.access import ChannelId
from bot.core.history import Past, Wanted
from bot.core.jobs import Job, JobKey, MessageId
from bot.core.outbox import Posted
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.rows import job_of
from bot.ledger.tables import job, outbox

MOST_CHILDREN = 20


class SqlHistory:
    """The History port."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._timeline = desk.timeline

    async def page(self, wanted: Wanted, limit: int, offset: int) -> Sequence[Past]:
        """Newest first."""

        def step(conn: Connection) -> list[Past]:
            told = (outbox.c.channel_id.label("told_in"), outbox.c.message_id.label("told_as"))
            query = select(job, *told).outerjoin(outbox, outbox.c.job_id == job.c.id)
            query = query.where(_condition(wanted)).order_by(job.c.id.desc())
            rows = conn.execute(query.limit(limit).offset(offset)).mappings()
            return [self._past(row) for row in rows]

        return await self._database.read(step)

    async def children(self, key: JobKey) -> Sequence[Job]:
        """What was made again from a job, oldest first."""

        def step(conn: Connection) -> list[Job]:
            query = select(job).where(job.c.parent_key == key).order_by(job.c.id)
            rows = conn.execute(query.limit(MOST_CHILDREN)).mappings()
            return [job_of(row, self._timeline) for row in rows]

        return await self._database.read(step)

    def _past(self, row: RowMapping) -> Past:
        channel, message = row["told_in"], row["told_as"]
        posted = None
        if channel and message:
            posted = Posted(channel_id=ChannelId(channel), message_id=MessageId(message))
        return Past(job=job_of(row, self._timeline), posted=posted)


def _condition(wanted: Wanted) -> ColumnElement[bool]:
    condition = (job.c.guild_id == wanted.guild_id) & (job.c.user_id == wanted.user_id)
    if wanted.stage:
        condition &= job.c.state.in_(sorted(s.value for s in wanted.stage.statuses))
    if wanted.model:
        condition &= job.c.model == wanted.model
    return condition
