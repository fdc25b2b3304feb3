"""Results that still have to be told: the Outbox port. Rows enter it in steps.py, with the result.

The interaction token, a secret, is erased as soon as a result was told or kept.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select

from bot.core.access import GuildId, UserId
from bot.core.jobs import Job, JobId, JobKey, MessageId
from bot.core.outbox import Delivery, Posted
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.rows import delivery_of, job_of
from bot.ledger.tables import job, outbox
from bot.ledger.timeline import ms_of

LONGEST_WAIT = timedelta(minutes=10)  # twice what anybody puts a retry off
KEPT_AT_ONCE = 20  # as many as fit into one message; the others at the next command

_ROW = (job, outbox.c.tries.label("outbox_tries"), outbox.c.began_at)
_UNTOLD = (outbox.c.state == "kept") & outbox.c.told_at.is_(None)


class SqlOutbox:
    """The Outbox port."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._desk = desk
        self._timeline = desk.timeline
        self._keepers: set[tuple[UserId, GuildId]] = set()  # at least those with something kept
        self._looked = False

    async def due(self, limit: int) -> Sequence[Delivery]:
        """Undelivered results whose time has come, oldest first.

        A time that no retry can have asked for was written before the wall clock stepped back.
        """

        def step(conn: Connection) -> list[Delivery]:
            now = self._timeline.wall_ms()
            stepped = outbox.c.next_at > now + ms_of(LONGEST_WAIT)
            come = or_(outbox.c.tries == 0, outbox.c.next_at <= now, stepped)
            query = (
                select(*_ROW)
                .join(outbox, outbox.c.job_id == job.c.id)
                .where(outbox.c.state == "pending", come)
                .order_by(outbox.c.next_at, job.c.id)
                .limit(limit)
            )
            return [self._delivery(row) for row in conn.execute(query).mappings()]

        return await self._database.read(step)

    async def begin(self, delivery: Delivery) -> None:
        """About to post: from now on a crash may have posted it already."""
        await self._change(delivery.job.id, began_at=self._timeline.wall_ms())

    async def done(self, delivery: Delivery, posted: Posted | None) -> None:
        """Told; None: kept for the person's next command."""
        columns: dict[str, Any] = {"state": "kept"}
        if posted:
            columns = {
                "state": "told",
                "told_at": self._timeline.wall_ms(),
                "channel_id": posted.channel_id,
                "message_id": posted.message_id,
            }

        def step(conn: Connection) -> None:
            self._update(conn, delivery.job.id, columns)
            same = job.c.id == delivery.job.id
            conn.execute(job.update().where(same).values(interaction_token=None))

        await self._database.write(step)
        if posted is None:
            self._keepers.add((delivery.job.user_id, delivery.job.guild_id))

    async def retry(self, delivery: Delivery, wait: timedelta) -> None:
        """Not told yet; again after `wait`."""
        next_at = self._timeline.wall_ms() + ms_of(wait)
        await self._change(delivery.job.id, tries=outbox.c.tries + 1, next_at=next_at)

    async def address(self, key: JobKey, message_id: MessageId) -> None:
        """The card of a job is this message."""
        change = job.update().where(job.c.key == key).values(card_id=message_id)
        await self._database.write(lambda conn: conn.execute(change).rowcount)

    async def card(self, key: JobKey) -> Delivery | None:
        """What is needed to touch the card of a job."""

        def step(conn: Connection) -> Delivery | None:
            query = select(*_ROW).outerjoin(outbox, outbox.c.job_id == job.c.id)
            row = conn.execute(query.where(job.c.key == key)).mappings().one_or_none()
            return self._delivery(row) if row else None

        return await self._database.read(step)

    async def kept(self, user_id: UserId, guild_id: GuildId) -> Sequence[Job]:
        """Private results that found no way; told once, then no longer listed."""
        if not self._looked:
            self._keepers |= await self._database.read(_keepers)
            self._looked = True
        # Hardly anybody has one, and every command asks: the ledger is not troubled for the others.
        if (user_id, guild_id) not in self._keepers:
            return []
        self._keepers.discard((user_id, guild_id))
        theirs = (job.c.user_id == user_id) & (job.c.guild_id == guild_id)
        kept = (
            select(job)
            .join(outbox, outbox.c.job_id == job.c.id)
            .where(theirs, _UNTOLD)
            .order_by(job.c.id)
            .limit(KEPT_AT_ONCE)
        )

        def tell(conn: Connection) -> list[Job]:
            found = [job_of(row, self._timeline) for row in conn.execute(kept).mappings()]
            told = {"state": "told", "told_at": self._timeline.wall_ms()}
            for each in found:
                self._update(conn, each.id, told)
            return found

        try:
            found = await self._database.write(tell)
        except BaseException:
            self._keepers.add((user_id, guild_id))
            raise
        if len(found) == KEPT_AT_ONCE:  # there may be more, for the next command
            self._keepers.add((user_id, guild_id))
        return found

    async def _change(self, job_id: JobId, **columns: Any) -> None:
        await self._database.write(lambda conn: self._update(conn, job_id, columns))

    def _update(self, conn: Connection, job_id: JobId, columns: dict[str, Any]) -> None:
        conn.execute(outbox.update().where(outbox.c.job_id == job_id).values(**columns))

    def _delivery(self, row: RowMapping) -> Delivery:
        return delivery_of(row, job_of(row, self._timeline))


def _keepers(conn: Connection) -> set[tuple[UserId, GuildId]]:
    """Who has a result that is kept, and where."""
    people = select(job.c.user_id, job.c.guild_id).join(outbox, outbox.c.job_id == job.c.id)
    rows = conn.execute(people.where(_UNTOLD).distinct())
    return {(UserId(row.user_id), GuildId(row.guild_id)) for row in rows}
