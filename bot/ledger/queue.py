"""The queue of one lane: every step of a job with its books, each in one transaction.

The steps themselves are the functions of steps.py; this is the Queue port over them.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from bot.core.access import UserId
from bot.core.jobs import Job, JobId, JobKey
from bot.core.outcomes import Settlement, Strikes
from bot.core.queue import Claimed, Draft, Lease, Snapshot, Standstill, Sweep
from bot.core.records import Attempt, AuditEntry, Use
from bot.ledger import steps
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.lanes import lock_lane, strikes_of
from bot.ledger.lines import read_line
from bot.ledger.rows import job_of, use_of
from bot.ledger.sweeps import sweep
from bot.ledger.tables import job, usage
from bot.ledger.timeline import to_ms

OPEN_STATES = ("queued", "leased", "sent")


class SqlQueue:
    """The Queue port."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._desk = desk

    async def submit(self, draft: Draft) -> tuple[Job, Snapshot]:
        """Reserve the allowance and write the job, once per `idem`. Raises Refused."""
        return await self._database.write(
            lambda conn: steps.submit(conn, self._desk, draft), urgent=True
        )

    async def claim(self, owner: str) -> Claimed | Standstill:
        """Fair turn, windows, money and permit in one transaction."""
        return await self._database.write(lambda conn: steps.claim(conn, self._desk, owner))

    async def mark_sent(self, lease: Lease) -> None:
        """Commit that a call is about to leave. Raises Superseded."""
        await self._database.write(lambda conn: steps.mark_sent(conn, self._desk, lease))

    async def renew(self, lease: Lease) -> None:
        """Prolong the lease. Raises Superseded."""
        await self._database.write(lambda conn: steps.renew(conn, self._desk, lease))

    async def settle(self, lease: Lease, settlement: Settlement, attempt: Attempt) -> None:
        """Write what became of an attempt, books and all, in one commit. Raises Superseded."""
        await self._database.write(
            lambda conn: steps.settle(conn, self._desk, lease, settlement, attempt)
        )

    async def release(self, lease: Lease) -> None:
        """Give back a claim that was never sent."""
        await self._database.write(lambda conn: steps.release(conn, self._desk, lease))

    async def strikes(self) -> Strikes:
        """How often in a row the lane was refused."""
        return await self._database.read(
            lambda conn: strikes_of(lock_lane(conn, self._desk.lane_id))
        )

    async def cancel(self, job_id: JobId) -> Job:
        """Withdraw a job that was not sent. Raises TooLate."""
        return await self._database.write(
            lambda conn: steps.cancel(conn, self._desk, job_id), urgent=True
        )

    async def sweep(self, which: Sweep, entry: AuditEntry | None = None) -> Sequence[JobKey]:
        """Withdraw what waits, with the audit row if there is anything; the keys."""
        return await self._database.write(lambda conn: sweep(conn, self._desk, which, entry))

    async def abandoned(self, owner: str, *, everyone: bool) -> Sequence[Claimed]:
        """Leases to recover, taken over by `owner`: the lapsed ones, or all that others hold."""
        return await self._database.write(
            lambda conn: steps.abandoned(conn, self._desk, owner, everyone=everyone)
        )

    async def expire(self, before_at: datetime) -> Sequence[JobKey]:
        """Fail what has waited since before `before_at`."""
        return await self._database.write(
            lambda conn: steps.expire(conn, self._desk, to_ms(before_at))
        )

    async def snapshot(self) -> Snapshot:
        """The lane as it stands."""

        def step(conn: Connection) -> Snapshot:
            row = lock_lane(conn, self._desk.lane_id)
            return read_line(conn, row, self._desk.timeline, heads_only=False)

        return await self._database.read(step)

    async def job(self, key: JobKey) -> Job | None:
        """One job; what no key can be names none, and half a surrogate pair cannot be asked for."""
        if not key.isascii():
            return None
        found = await self._jobs(job.c.key == key)
        return found[0] if found else None

    async def open_jobs(self, user_id: UserId | None = None) -> Sequence[Job]:
        """Jobs that are not over, oldest first."""
        condition = (job.c.lane_id == self._desk.lane_id) & job.c.state.in_(OPEN_STATES)
        if user_id is not None:
            condition &= job.c.user_id == user_id
        return await self._jobs(condition)

    async def history(self, job_id: JobId) -> Sequence[Use]:
        """The attempts of a job, oldest first."""

        def step(conn: Connection) -> list[Use]:
            query = select(usage, job.c.key).join(job, job.c.id == usage.c.job_id)
            rows = conn.execute(query.where(job.c.id == job_id).order_by(usage.c.attempt))
            return [use_of(row) for row in rows.mappings()]

        return await self._database.read(step)

    async def forget_media(self, job_id: JobId) -> None:
        """The picture of a job was deleted."""
        change = job.update().where(job.c.id == job_id).values(media=None)
        await self._database.write(lambda conn: conn.execute(change).rowcount)

    async def _jobs(self, condition: ColumnElement[bool]) -> list[Job]:
        def step(conn: Connection) -> list[Job]:
            rows = conn.execute(select(job).where(condition).order_by(job.c.id))
            return [job_of(row, self._desk.timeline) for row in rows.mappings()]

        return await self._database.read(step)
