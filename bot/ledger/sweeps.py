"""Withdrawing what waits, by an admin's hand. Called by queue.py, as one transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.core.jobs import JobKey, Status
from bot.core.queue import Sweep
from bot.core.records import AuditEntry
from bot.ledger.desk import Desk
from bot.ledger.lanes import lock_lane
from bot.ledger.rows import audit_columns
from bot.ledger.steps import finish, give_back
from bot.ledger.tables import audit, job


def sweep(conn: Connection, desk: Desk, which: Sweep, entry: AuditEntry | None) -> Sequence[JobKey]:
    """Cancel every waiting job it names, return the allowances, and leave the results to tell."""
    lock_lane(conn, desk.lane_id)
    waits = (
        (job.c.lane_id == desk.lane_id)
        & job.c.state.in_((Status.QUEUED.value, Status.LEASED.value))
        & (job.c.guild_id == which.guild_id)
    )
    if which.user_id is not None:
        waits &= job.c.user_id == which.user_id
    columns = (job.c.id, job.c.key, job.c.state, job.c.attempt)
    rows = conn.execute(select(*columns).where(waits).order_by(job.c.id)).all()
    told = {"cause": which.cause.value, "detail": which.reason}
    for row in rows:
        if row.state == Status.LEASED.value:  # its call has not left, and now it never will
            give_back(conn, desk, row.id, row.attempt)
        finish(conn, desk, row.id, state=Status.CANCELLED.value, **told)
    if rows and entry:
        conn.execute(audit.insert().values(**audit_columns(entry)))
    return [JobKey(row.key) for row in rows]
