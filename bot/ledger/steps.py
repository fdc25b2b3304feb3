"""The steps of a job as transactions: each changes the job, its slot and its books together.

Every step that follows a claim is fenced by attempt, owner and state, so that a process that lost
its lease can change nothing. Called by queue.py, one step to a transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from bot.core.errors import Cause, Superseded, TooLate, TooManyWaiting
from bot.core.fairness import Waiting
from bot.core.jobs import Job, JobId, JobKey, Status
from bot.core.outcomes import Settlement
from bot.core.prices import RESERVED_PER_IMAGE_NUSD
from bot.core.queue import Claimed, Draft, Lease, Snapshot, Standstill, decide, month_of, places
from bot.core.records import Attempt
from bot.ledger import books
from bot.ledger.desk import Desk
from bot.ledger.lanes import lock_lane
from bot.ledger.lessons import teach
from bot.ledger.lines import read_line
from bot.ledger.rows import job_columns, job_of, result_columns
from bot.ledger.servers import check_free, check_open
from bot.ledger.tables import job, outbox, permit, usage
from bot.ledger.timeline import from_ms, ms_of

# A claim that was not sent by then is given back: with several calls in the air the spacing
# counts from the sending, and its guard would not absorb a longer delay.
SEND_WITHIN_MS = 500

_FREE = {"lease_owner": None, "lease_until_line": None}


def submit(conn: Connection, desk: Desk, draft: Draft) -> tuple[Job, Snapshot]:
    """Reserve the allowance and write the job, once per `idem`."""
    row = lock_lane(conn, desk.lane_id)
    same = conn.execute(select(job).where(job.c.idem == draft.idem)).mappings().one_or_none()
    if same is None:
        origin = draft.origin
        check_open(conn, origin.guild_id)
        if not draft.exempt:
            check_free(conn, origin.guild_id, origin.user_id, desk.timeline.wall_ms())
        _check_waiting(conn, desk, draft, row)
        same = _insert_job(conn, desk, draft)
    snapshot = read_line(conn, row, desk.timeline, heads_only=False)
    return job_of(same, desk.timeline), snapshot


def _check_waiting(conn: Connection, desk: Desk, draft: Draft, row: RowMapping) -> None:
    mine = (
        (job.c.lane_id == desk.lane_id)
        & (job.c.state == "queued")
        & (job.c.user_id == draft.origin.user_id)
        & (job.c.guild_id == draft.origin.guild_id)
    )
    waiting = conn.execute(select(job.c.id).where(mine).order_by(job.c.id)).scalars().all()
    if len(waiting) < row["waiting"]:
        return
    line = places(read_line(conn, row, desk.timeline, heads_only=False))
    starts = [line[JobId(job_id)].starts_at for job_id in waiting if job_id in line]
    raise TooManyWaiting(waiting=len(waiting), frees_at=min(starts, default=None))


def _insert_job(conn: Connection, desk: Desk, draft: Draft) -> RowMapping:
    now = desk.timeline.wall_ms()
    make = job.insert().values(**job_columns(draft, desk.lane_id, now)).returning(job)
    made = conn.execute(make).mappings().one()
    allowance = books.image_account(conn, draft.origin.guild_id, draft.origin.user_id)
    books.reserve_allowance(conn, allowance, books.Entry(job_id=made["id"], attempt=0, at=now))
    return made


def claim(conn: Connection, desk: Desk, owner: str) -> Claimed | Standstill:
    """Fair turn, windows, money and permit; the clock is read after the lock is held."""
    row = lock_lane(conn, desk.lane_id)
    line = read_line(conn, row, desk.timeline, heads_only=True)
    turn = decide(line)
    if not isinstance(turn, Waiting):
        return Standstill(wait=turn.until_at - line.now_at if turn.until_at else None)
    attempt = _job_row(conn, turn.job_id)["attempt"] + 1
    if not _reserve_money(conn, desk, turn.job_id, attempt, line):
        return Standstill(wait=timedelta(minutes=1))
    _hold_slot(conn, desk, turn, attempt)
    conn.execute(
        job.update()
        .where(job.c.id == turn.job_id)
        .values(
            state=Status.LEASED.value,
            attempt=attempt,
            lease_owner=owner,
            lease_until_line=desk.timeline.line_ms() + ms_of(desk.lease),
        )
    )
    return _claimed(_job_row(conn, turn.job_id), desk)


def _reserve_money(
    conn: Connection, desk: Desk, job_id: JobId, attempt: int, line: Snapshot
) -> bool:
    """The money of one picture, if the month leaves it."""
    now = desk.timeline.wall_ms()
    money = books.money_account(conn, desk.lane_id, month_of(from_ms(now)))
    entry = books.Entry(job_id=job_id, attempt=attempt, at=now)
    limit = line.limits.money_nusd
    return books.reserve_money(conn, money, entry, RESERVED_PER_IMAGE_NUSD, limit)


def _hold_slot(conn: Connection, desk: Desk, turn: Waiting, attempt: int) -> None:
    conn.execute(
        permit.insert().values(
            lane_id=desk.lane_id,
            job_id=turn.job_id,
            attempt=attempt,
            user_id=turn.user_id,
            state="held",
            sent_line=desk.timeline.line_ms(),
        )
    )


def mark_sent(conn: Connection, desk: Desk, lease: Lease) -> None:
    """Commit that a call is about to leave."""
    now_line = desk.timeline.line_ms()
    mine = _permit_of(lease)
    claimed_line = conn.execute(select(permit.c.sent_line).where(mine)).scalar_one()
    row = lock_lane(conn, desk.lane_id)
    if row["in_flight"] > 1 and now_line - claimed_line > SEND_WITHIN_MS:
        raise Superseded
    _change(conn, lease, Status.LEASED, state="sent", sent_at=desk.timeline.wall_ms())
    conn.execute(permit.update().where(mine).values(sent_line=now_line))


def renew(conn: Connection, desk: Desk, lease: Lease) -> None:
    """Prolong the lease."""
    until = desk.timeline.line_ms() + ms_of(desk.lease)
    _change(conn, lease, Status.SENT, lease_until_line=until)


def release(conn: Connection, desk: Desk, lease: Lease) -> None:
    """Give back a claim that was never sent."""
    _change(conn, lease, Status.LEASED, state=Status.QUEUED.value, **_FREE)
    give_back(conn, desk, lease.job_id, lease.attempt)


def cancel(conn: Connection, desk: Desk, job_id: JobId) -> Job:
    """Withdraw a job that was not sent."""
    lock_lane(conn, desk.lane_id)
    row = _job_row(conn, job_id)
    status = Status(row["state"])
    if status not in {Status.QUEUED, Status.LEASED}:
        raise TooLate(key=row["key"], state=status.value)
    if status is Status.LEASED:
        give_back(conn, desk, job_id, row["attempt"])
    finish(conn, desk, job_id, state=Status.CANCELLED.value)
    return job_of(_job_row(conn, job_id), desk.timeline)


def settle(
    conn: Connection, desk: Desk, lease: Lease, settlement: Settlement, attempt: Attempt
) -> None:
    """Write what became of an attempt: job, slot, money, use, and the lane's own lesson."""
    lane_row = lock_lane(conn, desk.lane_id)
    now_line = desk.timeline.line_ms()
    columns: dict[str, Any] = {
        "state": settlement.status.value,
        "cause": settlement.cause.value if settlement.cause else None,
        "detail": settlement.detail,
        "tries": job.c.tries + int(settlement.counts_try),
        "not_before_line": now_line + ms_of(settlement.wait) if settlement.wait else None,
        **(result_columns(attempt.result) if attempt.result else {}),
    }
    _change(conn, lease, Status.SENT, **columns, **_FREE)
    slot = "counted" if settlement.slot_counts else "refunded"
    conn.execute(
        permit.update().where(_permit_of(lease)).values(state=slot, answered_line=now_line)
    )
    row = _job_row(conn, lease.job_id)
    _settle_money(conn, desk, lease, settlement, attempt)
    conn.execute(usage.insert().values(**_usage_columns(row, desk, settlement, attempt)))
    if settlement.status.final:
        finish(conn, desk, lease.job_id)
    teach(conn, desk, settlement, lane_row)


def _settle_money(
    conn: Connection, desk: Desk, lease: Lease, settlement: Settlement, attempt: Attempt
) -> None:
    entry = books.Entry(job_id=lease.job_id, attempt=lease.attempt, at=desk.timeline.wall_ms())
    amount = attempt.cost.booked_nusd if settlement.money_counts else None
    books.settle_money(conn, entry, amount)


def _usage_columns(
    row: RowMapping, desk: Desk, settlement: Settlement, attempt: Attempt
) -> Mapping[str, Any]:
    now = desk.timeline.wall_ms()
    return {
        "job_id": row["id"],
        "attempt": row["attempt"],
        "lane_id": desk.lane_id,
        "guild_id": row["guild_id"],
        "channel_id": row["channel_id"],
        "user_id": row["user_id"],
        "model": row["model"],
        "provider": attempt.result.provider if attempt.result else None,
        "at": now,
        "day": f"{from_ms(now):%Y-%m-%d}",
        "cause": settlement.cause.value if settlement.cause else None,
        "seconds": attempt.seconds,
        "cost_nusd": attempt.cost.amount_nusd,
        "cost_basis": attempt.cost.basis.value,
        "http_status": attempt.http_status,
        "request_id": attempt.request_id,
    }


def abandoned(conn: Connection, desk: Desk, owner: str, *, everyone: bool) -> Sequence[Claimed]:
    """Take over the lapsed leases of this lane, or all that others hold."""
    now_line = desk.timeline.line_ms()
    lost = (job.c.lane_id == desk.lane_id) & job.c.state.in_(("leased", "sent"))
    lost &= (job.c.lease_owner != owner) if everyone else (job.c.lease_until_line < now_line)
    ids = conn.execute(select(job.c.id).where(lost)).scalars().all()
    until = now_line + ms_of(desk.lease)
    conn.execute(
        job.update().where(job.c.id.in_(ids)).values(lease_owner=owner, lease_until_line=until)
    )
    return [_claimed(_job_row(conn, job_id), desk) for job_id in ids]


def expire(conn: Connection, desk: Desk, before: int) -> Sequence[JobKey]:
    """Fail what has waited since before `before` (wall ms)."""
    stale = (job.c.lane_id == desk.lane_id) & (job.c.state == "queued")
    query = select(job.c.id, job.c.key).where(stale, job.c.created_at < before)
    rows = conn.execute(query).all()
    for row in rows:
        finish(conn, desk, row.id, state=Status.FAILED.value, cause=Cause.EXPIRED.value)
    return [JobKey(row.key) for row in rows]


def _change(conn: Connection, lease: Lease, status: Status, **columns: Any) -> None:
    """Change the job of a lease that still holds, or raise Superseded."""
    held = (
        (job.c.id == lease.job_id)
        & (job.c.attempt == lease.attempt)
        & (job.c.lease_owner == lease.owner)
        & (job.c.state == status.value)
    )
    if conn.execute(job.update().where(held).values(**columns)).rowcount != 1:
        raise Superseded


def finish(conn: Connection, desk: Desk, job_id: int, **columns: Any) -> None:
    """The job is over: settle its allowance and put its result in the outbox."""
    now = desk.timeline.wall_ms()
    change = job.update().where(job.c.id == job_id).values(done_at=now, **columns, **_FREE)
    conn.execute(change)
    keep = _job_row(conn, job_id)["state"] == Status.DONE.value
    books.settle_allowance(conn, books.Entry(job_id=job_id, attempt=0, at=now), keep=keep)
    conn.execute(outbox.insert().values(job_id=job_id, state="pending", next_at=now))


def give_back(conn: Connection, desk: Desk, job_id: int, attempt: int) -> None:
    """The attempt was certainly never sent: its slot and its money are free again."""
    same = (permit.c.job_id == job_id) & (permit.c.attempt == attempt)
    conn.execute(permit.update().where(same).values(state="refunded"))
    entry = books.Entry(job_id=job_id, attempt=attempt, at=desk.timeline.wall_ms())
    books.settle_money(conn, entry, None)


def _permit_of(lease: Lease) -> Any:
    return (permit.c.job_id == lease.job_id) & (permit.c.attempt == lease.attempt)


def _job_row(conn: Connection, job_id: int) -> RowMapping:
    return conn.execute(select(job).where(job.c.id == job_id)).mappings().one()


def _claimed(row: RowMapping, desk: Desk) -> Claimed:
    lease = Lease(job_id=JobId(row["id"]), attempt=row["attempt"], owner=row["lease_owner"])
    return Claimed(job=job_of(row, desk.timeline), lease=lease)
