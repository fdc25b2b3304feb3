"""A house for the use cases: the real ledger in a temporary folder, everything else pretended."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.access import GuildId, UserId
from bot.core.jobs import Job, JobKey
from bot.core.queue import Claimed, Draft, Lease
from bot.core.records import Use
from bot.core.windows import PRESETS
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.history import SqlHistory
from bot.ledger.lanes import SqlLane, find_lane, fingerprint_of
from bot.ledger.notes import SqlNotes
from bot.ledger.outbox import SqlOutbox
from bot.ledger.people import SqlBooks, SqlGrants
from bot.ledger.reports import SqlReports
from bot.ledger.servers import SqlServers
from bot.ledger.shares import SqlShares
from bot.ledger.timeline import Timeline
from bot.ledger.watchers import SqlWatchers
from bot.services.changes import Changes
from bot.services.generation import Draws, Generation
from bot.services.permissions import Permissions
from bot.services.presence import Presence
from tests.factories import make_draft, seconds
from tests.fakes import FakeClock, FakeMedia, FakePainter
from tests.services.faults import FaultyQueue

MODEL = "acme/default"
LEASE = seconds(60)
BOSS = UserId(99)


@dataclass(frozen=True, kw_only=True)
class House:
    """All that a use case may need."""

    clock: FakeClock
    queue: FaultyQueue
    lane: SqlLane
    grants: SqlGrants
    servers: SqlServers
    notes: SqlNotes
    books: SqlBooks
    history_store: SqlHistory
    watchers: SqlWatchers
    reports: SqlReports
    shares: SqlShares
    outbox: SqlOutbox
    media: FakeMedia
    painter: FakePainter
    changes: Changes
    presence: Presence
    permissions: Permissions

    async def submit(self, draft: Draft | None = None) -> Job:
        """A job in the queue."""
        job, _ = await self.queue.submit(draft or make_draft())
        return job

    async def sent_by_another(self, number: int = 1) -> tuple[Job, Lease]:
        """A job that another process claimed and was calling for."""
        await self.submit(make_draft(number))
        claimed = await self.queue.claim("another")
        assert isinstance(claimed, Claimed)
        await self.queue.mark_sent(claimed.lease)
        return claimed.job, claimed.lease

    async def job(self, key: str = "job1") -> Job:
        """The job as the ledger has it now."""
        job = await self.queue.job(JobKey(key))
        assert job
        return job

    async def history(self, key: str = "job1") -> list[Use]:
        """What the ledger remembers of its attempts."""
        return list(await self.queue.history((await self.job(key)).id))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with its tables and nothing in them, made once."""
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    database = Database.at(f"sqlite+aiosqlite:///{path}")
    await database.upgrade()
    await database.close()
    return path


@pytest_asyncio.fixture
async def house(empty_ledger: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A free account's lane; no server is named and none joined yet, and BOSS owns the bot."""
    path = shutil.copy(empty_ledger, tmp_path / "hugops.db")
    database = Database.at(f"sqlite+aiosqlite:///{path}")
    clock = FakeClock()
    timeline = Timeline(clock)
    await database.write(timeline.anchor)
    lane_id = await database.write(
        lambda conn: find_lane(
            conn, name="acme", fingerprint=fingerprint_of("hf_x"), seed=PRESETS["free"]
        )
    )
    grants = SqlGrants(database)
    presence = Presence(named=frozenset[GuildId](), owner_ids=frozenset({BOSS}))
    servers = SqlServers(database)
    permissions = Permissions(grants, servers, clock, presence)
    desk = Desk(lane_id=lane_id, lease=LEASE, timeline=timeline)
    queue = FaultyQueue(database, desk)
    yield House(
        clock=clock,
        queue=queue,
        lane=SqlLane(database, desk),
        grants=grants,
        servers=servers,
        notes=SqlNotes(database),
        books=SqlBooks(database),
        history_store=SqlHistory(database, desk),
        watchers=SqlWatchers(database, desk),
        reports=SqlReports(database, desk),
        shares=SqlShares(database),
        outbox=SqlOutbox(database, desk),
        media=FakeMedia(),
        painter=FakePainter(),
        changes=Changes(),
        presence=presence,
        permissions=permissions,
    )
    broken = await SqlBooks(database).verify()
    await database.close()
    assert list(broken) == []


@pytest_asyncio.fixture
async def bells() -> list[str]:
    return []


@pytest_asyncio.fixture
async def generation(house: House, bells: list[str]) -> Generation:
    """Keys job1, job2, … and seeds 1000, 1001, …"""
    keys = (JobKey(f"job{number}") for number in count(1))
    seeds: Iterator[int] = count(1000)
    draws = Draws(key=lambda: next(keys), seed=lambda: next(seeds), model=MODEL)
    return Generation(
        house.queue,
        house.media,
        house.permissions,
        house.changes,
        draws,
        lambda: bells.append("wake"),
    )
