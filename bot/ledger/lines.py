"""The lane at one instant, read from rows: what the claim decides on and the cards show.

Called by queue.py, inside its transactions.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, func, or_, select

from bot.core.access import GuildId, UserId
from bot.core.fairness import MEMORY, Waiting
from bot.core.jobs import JobId
from bot.core.queue import Slot, Snapshot, month_of
from bot.core.servers import QueueHold, QueueState
from bot.core.windows import Call, Limits, longest_period
from bot.ledger.lanes import limits_of, rest_of, spent
from bot.ledger.servers import hold_of
from bot.ledger.tables import job, permit, server
from bot.ledger.timeline import Timeline, ms_of

MOST_WAITING = 2000

Shown = Callable[[int], datetime]


def read_line(
    conn: Connection, row: RowMapping, timeline: Timeline, *, heads_only: bool
) -> Snapshot:
    """The lane of `row` now; with `heads_only` just what a claim needs of the waiting jobs."""
    shown, now_line = timeline.shown(), timeline.line_ms()
    limits = limits_of(conn, row, now_line)
    now_at = shown(now_line)
    waiting = _heads(conn, row["id"], now_line) if heads_only else _everybody(conn, row["id"])
    return Snapshot(
        now_at=now_at,
        limits=limits,
        rest=rest_of(row, timeline),
        slots=_slots(conn, row["id"], limits, now_line, shown),
        waiting=tuple(_waiting_of(head, now_at, shown) for head in waiting),
        spent_nusd=spent(conn, row["id"], month_of(now_at)),
        holds={} if heads_only else _holds(conn),
    )


def _holds(conn: Connection) -> Mapping[GuildId, QueueHold]:
    """The servers whose queue is paused or runs empty."""
    held = select(server).where(server.c.queue_state != QueueState.OPEN.value)
    rows = conn.execute(held).mappings()
    return {GuildId(row["guild_id"]): hold_of(row) for row in rows}


def _heads(conn: Connection, lane_id: int, now_line: int) -> list[RowMapping]:
    """The first ready job of each person, and the first of those that are not ready yet.

    Jobs of paused servers are passed over: they must not stand before those that may move.
    """
    paused = select(server.c.guild_id).where(server.c.queue_state == QueueState.PAUSED.value)
    queued = (job.c.lane_id == lane_id) & (job.c.state == "queued")
    queued &= job.c.guild_id.not_in(paused)
    ready = or_(job.c.not_before_line.is_(None), job.c.not_before_line <= now_line)
    firsts = select(func.min(job.c.id)).where(queued, ready).group_by(job.c.user_id)
    columns = (job.c.id, job.c.guild_id, job.c.user_id, job.c.weight, job.c.not_before_line)
    heads = conn.execute(select(*columns).where(job.c.id.in_(firsts))).mappings().all()
    later = conn.execute(
        select(*columns).where(queued, ~ready).order_by(job.c.not_before_line).limit(1)
    )
    return [*heads, *later.mappings().all()]


def _everybody(conn: Connection, lane_id: int) -> list[RowMapping]:
    columns = (job.c.id, job.c.guild_id, job.c.user_id, job.c.weight, job.c.not_before_line)
    queued = (job.c.lane_id == lane_id) & (job.c.state == "queued")
    query = select(*columns).where(queued).order_by(job.c.id).limit(MOST_WAITING)
    return list(conn.execute(query).mappings().all())


def _waiting_of(row: RowMapping, now_at: datetime, shown: Shown) -> Waiting:
    not_before = row["not_before_line"]
    return Waiting(
        job_id=JobId(row["id"]),
        guild_id=GuildId(row["guild_id"]),
        user_id=UserId(row["user_id"]),
        weight=row["weight"],
        ready_at=now_at if not_before is None else shown(not_before),
    )


def _slots(
    conn: Connection, lane_id: int, limits: Limits, now_line: int, shown: Shown
) -> tuple[Slot, ...]:
    since = now_line - ms_of(max(longest_period(limits), MEMORY)) - ms_of(timedelta(minutes=1))
    recent = or_(permit.c.answered_line.is_(None), permit.c.answered_line > since)
    query = (
        select(permit.c.user_id, permit.c.sent_line, permit.c.answered_line)
        .where(permit.c.lane_id == lane_id, permit.c.state != "refunded", recent)
        .order_by(permit.c.sent_line)
    )
    return tuple(_slot_of(row, shown) for row in conn.execute(query).mappings())


def _slot_of(row: RowMapping, shown: Shown) -> Slot:
    answered = row["answered_line"]
    call = Call(
        sent_at=shown(row["sent_line"]),
        answered_at=None if answered is None else shown(answered),
    )
    return Slot(user_id=UserId(row["user_id"]), call=call)
