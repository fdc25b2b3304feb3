"""Time in the ledger: wall-clock milliseconds, and the line that windows and leases count on.

The line is the machine's time since boot plus an offset that all processes of one boot share, so
that neither clock steps nor restarts move it. A new boot starts it at the wall clock again, never
below the newest stamp; a clock step across a reboot is out of scope. Called by bot/ledger only.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.core.ports import Clock
from bot.ledger.notes import read_note, write_note
from bot.ledger.tables import permit

_ANCHOR = "timeline"


def to_ms(at: datetime) -> int:
    """Milliseconds since the epoch."""
    return round(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    """The aware UTC time of `ms`."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def ms_of(length: timedelta) -> int:
    """A length in whole milliseconds, rounded up so that no wait ends early."""
    return -(-length // timedelta(milliseconds=1))


class Timeline:
    """Reads both kinds of time. `anchor` must have run once in this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_ms = 0

    def anchor(self, conn: Connection) -> None:
        """Learn this boot's offset, or settle it if this is the first process of the boot."""
        if self.recall(conn):
            return
        boot, since = self._clock.uptime()
        newest = conn.execute(
            select(func.coalesce(func.max(permit.c.sent_line), 0)).select_from(permit)
        ).scalar_one()
        answered = conn.execute(
            select(func.coalesce(func.max(permit.c.answered_line), 0)).select_from(permit)
        ).scalar_one()
        self._offset_ms = max(self.wall_ms(), newest, answered) - since // timedelta(milliseconds=1)
        write_note(conn, _ANCHOR, f"{boot} {self._offset_ms}")

    def recall(self, conn: Connection) -> bool:
        """Learn this boot's offset without writing; False when no process settled it yet."""
        boot, _ = self._clock.uptime()
        known = read_note(conn, _ANCHOR)
        if not known or known.partition(" ")[0] != boot:
            return False
        self._offset_ms = int(known.partition(" ")[2])
        return True

    def wall_ms(self) -> int:
        """The wall clock now."""
        return to_ms(self._clock.now())

    def line_ms(self) -> int:
        """The line now."""
        _, since = self._clock.uptime()
        return since // timedelta(milliseconds=1) + self._offset_ms

    def shown(self) -> Callable[[int], datetime]:
        """Turns instants of the line into what the wall clock says of them now."""
        skew_ms = self.wall_ms() - self.line_ms()
        return lambda line_ms: from_ms(line_ms + skew_ms)
