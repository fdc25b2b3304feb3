"""Who wants to be told when a job is over: the Watchers port."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.core.access import ChannelId, UserId
from bot.core.jobs import JobId, MessageId
from bot.core.outbox import Posted
from bot.core.watching import Watch
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.rows import job_of
from bot.ledger.tables import job, outbox, watcher

_ROW = (job, outbox.c.channel_id.label("told_in"), outbox.c.message_id.label("told_as"))


class SqlWatchers:
    """The Watchers port."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._timeline = desk.timeline

    async def toggle(self, job_id: JobId, user_id: UserId) -> bool:
        """Whether the person is told from now on."""

        def step(conn: Connection) -> bool:
            same = (watcher.c.job_id == job_id) & (watcher.c.user_id == user_id)
            if conn.execute(watcher.delete().where(same)).rowcount:
                return False
            conn.execute(watcher.insert().values(job_id=job_id, user_id=user_id))
            return True

        return await self._database.write(step)

    async def due(self, limit: int) -> Sequence[Watch]:
        """Jobs that were told, with watchers who were not."""

        def step(conn: Connection) -> list[Watch]:
            waiting = select(watcher.c.job_id).where(watcher.c.told_at.is_(None))
            told = (outbox.c.state == "told") & outbox.c.message_id.is_not(None)
            query = select(*_ROW).join(outbox, outbox.c.job_id == job.c.id)
            query = query.where(told, job.c.id.in_(waiting)).order_by(job.c.id).limit(limit)
            return [
                Watch(
                    job=job_of(row, self._timeline),
                    card_id=MessageId(row["card_id"]) if row["card_id"] else None,
                    posted=Posted(
                        channel_id=ChannelId(row["told_in"]), message_id=MessageId(row["told_as"])
                    ),
                    user_ids=_waiting(conn, JobId(row["id"])),
                )
                for row in conn.execute(query).mappings().all()
            ]

        return await self._database.read(step)

    async def told(self, job_id: JobId, user_ids: Sequence[UserId]) -> None:
        """These were told, or cannot be."""
        now = self._timeline.wall_ms()
        same = (watcher.c.job_id == job_id) & watcher.c.user_id.in_(user_ids)
        change = watcher.update().where(same).values(told_at=now)
        await self._database.write(lambda conn: conn.execute(change).rowcount)


def _waiting(conn: Connection, job_id: JobId) -> list[UserId]:
    query = select(watcher.c.user_id).where(watcher.c.job_id == job_id, watcher.c.told_at.is_(None))
    return [UserId(row.user_id) for row in conn.execute(query.order_by(watcher.c.user_id))]
