"""A process at work on a ledger file, in virtual time: what the tests of the ledger stand on."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, event, select, text

from bot.core.access import GuildId, UserId
from bot.core.errors import Failed
from bot.core.jobs import Job, JobKey
from bot.core.outcomes import SUCCESS, Settlement, after_failure
from bot.core.prices import RESERVED_PER_IMAGE_NUSD, Basis, Cost
from bot.core.queue import Claimed, Draft, Lease, Standstill
from bot.core.records import Attempt, AuditEntry
from bot.core.windows import Limits
from bot.ledger.books import broken_rows
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.lanes import SqlLane, find_lane, fingerprint_of
from bot.ledger.media import FolderMedia
from bot.ledger.outbox import SqlOutbox
from bot.ledger.queue import SqlQueue
from bot.ledger.timeline import Timeline
from bot.services.changes import Changes
from bot.services.dispatcher import Dispatcher, Shift
from tests.factories import (
    ANA,
    FREE_COST,
    GUILD,
    START_AT,
    make_draft,
    make_limits,
    make_origin,
    make_result,
)
from tests.fakes import FakeClock, FakePainter

LEASE = timedelta(seconds=60)
MANY = make_limits(in_flight=10)
ENTRY = AuditEntry(at=START_AT, guild_id=GUILD, actor_id=ANA, action="set a limit")


class StepClock(FakeClock):
    """Virtual time whose wall clock can be set, on a machine that can be started anew."""

    def __init__(self) -> None:
        super().__init__()
        self._stepped = timedelta()
        self._boots = 1
        self._booted_at = super().now() - timedelta(minutes=10)

    def now(self) -> datetime:
        """Virtual time as the wall clock tells it."""
        return super().now() + self._stepped

    def uptime(self) -> tuple[str, timedelta]:
        """Which boot it is, and how long ago that was."""
        return f"boot-{self._boots}", super().now() - self._booted_at

    def step(self, length: timedelta) -> None:
        """Somebody sets the wall clock."""
        self._stepped += length

    def reboot(self) -> None:
        """The machine starts anew."""
        self._boots += 1
        self._booted_at = super().now()


@dataclass(frozen=True, kw_only=True)
class Office:
    """What one process has of the ledger, with short ways through the steps of a job."""

    owner: str
    clock: StepClock
    database: Database
    desk: Desk
    queue: SqlQueue
    lane: SqlLane
    outbox: SqlOutbox
    media: FolderMedia
    dispatcher: Dispatcher

    async def submit(self, number: int = 1, user_id: UserId = ANA, *, weight: int = 1) -> Job:
        """A new job."""
        job, _ = await self.queue.submit(make_draft(number, user_id, weight=weight))
        return job

    async def claim(self) -> Lease:
        """A claim that has to succeed."""
        claimed = await self.queue.claim(self.owner)
        assert isinstance(claimed, Claimed), claimed
        return claimed.lease

    async def wait(self) -> timedelta | None:
        """A claim that has to fail: how long it is told to wait."""
        claimed = await self.queue.claim(self.owner)
        assert isinstance(claimed, Standstill), claimed
        return claimed.wait

    async def send(self) -> Lease:
        """A claim whose call has left."""
        lease = await self.claim()
        await self.queue.mark_sent(lease)
        return lease

    async def succeed(self, lease: Lease, cost: Cost = FREE_COST) -> None:
        """The call gave a picture."""
        await self.queue.settle(lease, SUCCESS, picture_of(lease, cost))

    async def fail(self, lease: Lease, failed: Failed, tries: int = 0) -> Settlement:
        """The call failed."""
        settlement = after_failure(failed, tries=tries, strikes=await self.queue.strikes())
        await self.queue.settle(lease, settlement, failure_of(settlement, failed))
        return settlement

    async def limit(self, limits: Limits) -> None:
        """An admin changes the limits."""
        await self.lane.set_limits(limits, ENTRY)

    async def job(self, number: int = 1) -> Job:
        """The job as it stands."""
        job = await self.queue.job(JobKey(f"job{number}"))
        assert job
        return job

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        """All rows of a table."""

        def step(conn: Connection) -> list[dict[str, Any]]:
            query = select(table).order_by(*table.primary_key)
            return [dict(row) for row in conn.execute(query).mappings()]

        return await self.database.read(step)

    async def sql(self, statement: str) -> None:
        """Change the ledger behind the program's back."""
        await self.database.write(lambda conn: conn.execute(text(statement)).close())

    async def broken(self) -> Sequence[str]:
        """What breaks the books."""
        return await self.database.read(broken_rows)


def picture_of(lease: Lease, cost: Cost = FREE_COST) -> Attempt:
    """What is known of an attempt that gave a picture."""
    result = make_result(f"job{lease.job_id}.{lease.attempt}", cost)
    return Attempt(seconds=7.2, cost=cost, result=result, http_status=200, request_id="req-1")


def failure_of(settlement: Settlement, failed: Failed) -> Attempt:
    """What is known of an attempt that failed; booked as the dispatcher books it."""
    amount = RESERVED_PER_IMAGE_NUSD if settlement.money_counts else 0
    cost = Cost(basis=Basis.ESTIMATED, amount_nusd=amount)
    return Attempt(seconds=1.5, cost=cost, http_status=failed.status)


def draft_in(guild_id: GuildId, number: int, user_id: UserId = ANA) -> Draft:
    """A draft of another server."""
    return replace(make_draft(number, user_id), origin=make_origin(number, user_id, guild_id))


def url_of(path: Path) -> str:
    """The URL of a ledger file."""
    return f"sqlite+aiosqlite:///{path}"


def engine_of(database: Database) -> Engine:
    """The seam for faults: where a test listens in on connections and statements."""
    return database._connections.engine


def set_on_connect(database: Database, *pragmas: str) -> None:
    """Run `pragmas` on every new connection, after the program's own."""

    def run(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine_of(database), "connect", run)


def quick(database: Database) -> None:
    """No flush to the disk: nothing here turns the power off."""
    set_on_connect(database, "PRAGMA synchronous = OFF")


@asynccontextmanager
async def open_office(
    path: Path, clock: StepClock, *, owner: str = "worker", limits: Limits | None = None
) -> AsyncGenerator[Office]:
    """Start a process on the ledger at `path`; `limits` are those of a new lane."""
    database = Database.at(url_of(path))
    quick(database)
    try:
        yield await make_office(database, clock, owner, limits or make_limits())
    finally:
        await database.close()


async def make_office(database: Database, clock: StepClock, owner: str, limits: Limits) -> Office:
    """The office of a process whose schema stands."""
    assert database.path
    timeline = Timeline(clock)
    await database.write(timeline.anchor)
    mark = fingerprint_of("secret")
    lane_id = await database.write(
        lambda conn: find_lane(conn, name="acme", fingerprint=mark, seed=limits)
    )
    desk = Desk(lane_id=lane_id, lease=LEASE, timeline=timeline)
    queue = SqlQueue(database, desk)
    media = FolderMedia(database.path.parent / "media")
    shift = Shift(owner=owner, lease=LEASE)
    return Office(
        owner=owner,
        clock=clock,
        database=database,
        desk=desk,
        queue=queue,
        lane=SqlLane(database, desk),
        outbox=SqlOutbox(database, desk),
        media=media,
        dispatcher=Dispatcher(queue, FakePainter(), media, clock, Changes(), shift),
    )


def make_ledger(path: Path) -> None:
    """A ledger of this version's schema, closed again."""

    async def make() -> None:
        database = Database.at(url_of(path))
        await database.upgrade()
        await database.close()

    asyncio.run(make())
