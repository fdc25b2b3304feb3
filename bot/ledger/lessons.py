"""What a lane learns from how an attempt ended: pauses, strikes, lowered windows.

Called by steps.py, in the transaction that settles the attempt.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping

from bot.core.jobs import Status
from bot.core.lessons import lesson
from bot.core.outcomes import PauseKind, Settlement
from bot.ledger.desk import Desk
from bot.ledger.lanes import lower_window
from bot.ledger.lines import read_line
from bot.ledger.tables import lane
from bot.ledger.timeline import ms_of


def teach(conn: Connection, desk: Desk, settlement: Settlement, row: RowMapping) -> None:
    """What the lane learns: a refusal pauses it and counts, a picture clears the count."""
    learned: dict[str, Any] = {}
    if settlement.status is Status.DONE:
        learned = {"slow_down_strikes": 0, "credit_strikes": 0}
    if settlement.pause:
        kind = settlement.pause.kind
        strikes = "slow_down_strikes" if kind is PauseKind.SLOW_DOWN else "credit_strikes"
        learned = {strikes: row[strikes] + 1}
        if row["pause_kind"] != PauseKind.ADMIN.value:
            until = desk.timeline.line_ms() + ms_of(settlement.pause.length)
            learned |= {"pause_kind": kind.value, "paused_until_line": until, "pause_reason": ""}
    if learned:
        conn.execute(lane.update().where(lane.c.id == desk.lane_id).values(**learned))
    if settlement.asked is not None:
        _lower(conn, desk, settlement.asked, row)


def _lower(conn: Connection, desk: Desk, asked: timedelta, row: RowMapping) -> None:
    """The refusal may show that a window is lower than it is set."""
    snapshot = read_line(conn, row, desk.timeline, heads_only=True)
    lowered = lesson(snapshot, asked)
    if lowered:
        lower_window(conn, desk.lane_id, lowered, desk.timeline.line_ms())
