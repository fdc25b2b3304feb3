"""Whether the ledger is fit for work: the Soundness port. Opened by app.py, for the doctor.

Needs no lane of its own and no file lock, so that `hugops doctor` runs beside a live bot.
"""

from datetime import timedelta

from sqlalchemy import Connection, func, select

from bot.core.checkup import Trouble
from bot.core.errors import Cause
from bot.core.ports import Clock
from bot.ledger.books import broken_rows
from bot.ledger.database import Database
from bot.ledger.lanes import rest_of
from bot.ledger.notes import write_note
from bot.ledger.tables import lane, token, usage
from bot.ledger.timeline import Timeline, to_ms

LATELY = timedelta(hours=1)
_NOTE = "doctor"
_REFUSALS = (
    Cause.TOKEN_INVALID,
    Cause.TOKEN_REFUSED,
    Cause.CREDIT_MAYBE,
    Cause.CREDIT_SPENT,
    Cause.SLOW_DOWN,
)


class SqlSoundness:
    """Looks at the whole ledger, and at the lane of the token with this fingerprint."""

    def __init__(self, database: Database, clock: Clock, fingerprint: str) -> None:
        self._database = database
        self._clock = clock
        self._timeline = Timeline(clock)
        self._fingerprint = fingerprint

    def missing(self) -> bool:
        """Whether there is none yet."""
        return self._database.path is not None and not self._database.path.exists()

    async def prove_writable(self) -> None:
        """Write a note and keep it. Raises Unavailable."""
        value = self._clock.now().isoformat()
        await self._database.write(lambda conn: write_note(conn, _NOTE, value))

    async def broken(self) -> int:
        """How many rows break the books. Raises Unavailable."""
        return len(await self._database.read(broken_rows))

    async def trouble(self) -> Trouble:
        """The pause and the late refusals of the token's lane. Raises Unavailable."""
        return await self._database.read(self._trouble)

    def _trouble(self, conn: Connection) -> Trouble:
        mine = (
            select(lane)
            .join(token, token.c.lane_id == lane.c.id)
            .where(token.c.fingerprint == self._fingerprint)
        )
        row = conn.execute(mine).mappings().one_or_none()
        if row is None:
            return Trouble()
        # After a reboot without a bot the line of time is unknown, and so is when a pause ends.
        rest = rest_of(row, self._timeline) if self._timeline.recall(conn) else None
        return Trouble(rest=rest, refused=self._refused(conn, row["id"]))

    def _refused(self, conn: Connection, lane_id: int) -> dict[Cause, int]:
        since = to_ms(self._clock.now() - LATELY)
        query = (
            select(usage.c.cause, func.count().label("times"))
            .where(
                usage.c.lane_id == lane_id,
                usage.c.at > since,
                usage.c.cause.in_([cause.value for cause in _REFUSALS]),
            )
            .group_by(usage.c.cause)
            .order_by(usage.c.cause)
        )
        return {Cause(row.cause): row.times for row in conn.execute(query)}
