"""The lane of a token: found or made at start, its limits read and moved. Called by bot/app.py.

A lane belongs to the account a token names, so that a new token of that account forgets nothing.
"""

import hashlib
from datetime import timedelta

from sqlalchemy import Connection, RowMapping, select

from bot.core.lessons import is_news, recovered
from bot.core.outcomes import PauseKind, Strikes
from bot.core.queue import Rest
from bot.core.records import AuditEntry
from bot.core.windows import Limit, Limits, Window
from bot.ledger.books import merge_money
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.rows import audit_columns
from bot.ledger.tables import account, audit, job, lane, lane_window, permit, token, usage
from bot.ledger.timeline import Timeline, ms_of


def fingerprint_of(secret: str) -> str:
    """What the ledger remembers of a token: enough to know it again, nothing to use it."""
    return hashlib.sha256(b"hugops token " + secret.encode()).hexdigest()


def find_lane(conn: Connection, *, name: str | None, fingerprint: str, seed: Limits) -> int:
    """The lane of account `name` (None: it could not be asked), made from `seed` if new."""
    same = token.c.fingerprint == fingerprint
    known = conn.execute(select(token.c.lane_id).where(same)).scalar_one_or_none()
    if name is None:
        return known or _make(conn, f"token {fingerprint[:12]}", fingerprint, seed)
    named = conn.execute(select(lane.c.id).where(lane.c.name == name)).scalar_one_or_none()
    if known is None:
        if named is None:
            return _make(conn, name, fingerprint, seed)
        conn.execute(token.insert().values(fingerprint=fingerprint, lane_id=named))
        return named
    if named is None:
        conn.execute(lane.update().where(lane.c.id == known).values(name=name))
        return known
    if named != known:
        _move(conn, known, named)
    return named


def _make(conn: Connection, name: str, fingerprint: str, seed: Limits) -> int:
    make = lane.insert().values(name=name, **_lane_columns(seed)).returning(lane.c.id)
    lane_id = conn.execute(make).scalar_one()
    _write_windows(conn, lane_id, seed)
    conn.execute(token.insert().values(fingerprint=fingerprint, lane_id=lane_id))
    return lane_id


def _move(conn: Connection, old: int, new: int) -> None:
    """The token turned out to be of an account that has a lane already: nothing is forgotten."""
    for table in (token, job, permit, usage):
        conn.execute(table.update().where(table.c.lane_id == old).values(lane_id=new))
    merge_money(conn, old, new)


def _lane_columns(limits: Limits) -> dict[str, int | None]:
    return {
        "in_flight": limits.in_flight,
        "waiting": limits.waiting,
        "reserve": limits.reserve,
        "money_nusd": limits.money_nusd,
    }


def _write_windows(conn: Connection, lane_id: int, limits: Limits) -> None:
    """What stays as it was keeps what refusals taught; what is set anew forgets it."""
    wanted = {(w.limit.value, ms_of(w.period), w.cap): w for w in limits.windows}
    own = lane_window.c.lane_id == lane_id
    for row in conn.execute(select(lane_window).where(own)).mappings().all():
        key = (row["name"], row["period_ms"], row["cap"])
        window = wanted.get(key)
        if window and (window.in_force < window.cap or row["in_force"] == row["cap"]):
            del wanted[key]
        else:
            conn.execute(lane_window.delete().where(own, lane_window.c.name == row["name"]))
    for (name, period_ms, cap), window in wanted.items():
        row = {"lane_id": lane_id, "name": name, "period_ms": period_ms, "cap": cap}
        conn.execute(lane_window.insert().values(**row, in_force=window.in_force))


def lower_window(conn: Connection, lane_id: int, lowered: Window, now_line: int) -> None:
    """A refusal taught that the upstream counts `lowered` so low, unless that is known already."""
    same = (lane_window.c.lane_id == lane_id) & (lane_window.c.name == lowered.limit.value)
    cut_line = conn.execute(select(lane_window.c.cut_line).where(same)).scalar_one()
    since = None if cut_line is None else timedelta(milliseconds=now_line - cut_line)
    if not is_news(lowered, since):
        return
    change = lane_window.update().where(same)
    conn.execute(change.values(in_force=lowered.in_force, cut_line=now_line))


def lock_lane(conn: Connection, lane_id: int) -> RowMapping:
    """The lane's row, locked where the database knows row locks; SQLite locks the whole file."""
    return conn.execute(select(lane).where(lane.c.id == lane_id).with_for_update()).mappings().one()


def limits_of(conn: Connection, row: RowMapping, now_line: int) -> Limits:
    """The limits of a lane's row and its windows, as they are in force now."""
    windows = conn.execute(select(lane_window).where(lane_window.c.lane_id == row["id"]))
    return Limits(
        windows=tuple(_window_of(window, now_line) for window in windows.mappings()),
        in_flight=row["in_flight"],
        waiting=row["waiting"],
        reserve=row["reserve"],
        money_nusd=row["money_nusd"],
    )


def _window_of(row: RowMapping, now_line: int) -> Window:
    window = Window(
        limit=Limit(row["name"]),
        period=timedelta(milliseconds=row["period_ms"]),
        cap=row["cap"],
        in_force=row["in_force"],
    )
    if row["cut_line"] is None:
        return window
    return recovered(window, timedelta(milliseconds=now_line - row["cut_line"]))


def rest_of(row: RowMapping, timeline: Timeline) -> Rest | None:
    """The pause a lane's row tells of, unless it is over."""
    until_line = row["paused_until_line"]
    if row["pause_kind"] is None or (until_line is not None and until_line <= timeline.line_ms()):
        return None
    return Rest(
        kind=PauseKind(row["pause_kind"]),
        until_at=None if until_line is None else timeline.shown()(until_line),
        reason=row["pause_reason"],
    )


def strikes_of(row: RowMapping) -> Strikes:
    """How often in a row the lane was refused."""
    return Strikes(slow_down=row["slow_down_strikes"], credit=row["credit_strikes"])


def spent(conn: Connection, lane_id: int, period: str) -> int:
    """What the books hold for a month: posted and reserved."""
    same = (account.c.owner == f"lane:{lane_id}") & (account.c.period == period)
    held = account.c.pending_nusd + account.c.posted_nusd
    return conn.execute(select(held).where(same)).scalar_one_or_none() or 0


class SqlLane:
    """The Lane port."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._lane_id = desk.lane_id
        self._timeline = desk.timeline

    async def limits(self) -> Limits:
        """What holds calls back now."""
        return await self._database.read(
            lambda conn: limits_of(conn, lock_lane(conn, self._lane_id), self._timeline.line_ms())
        )

    async def set_limits(self, limits: Limits, entry: AuditEntry) -> None:
        """Change them, with the audit row, in one transaction."""

        def step(conn: Connection) -> None:
            same = lane.c.id == self._lane_id
            conn.execute(lane.update().where(same).values(**_lane_columns(limits)))
            _write_windows(conn, self._lane_id, limits)
            conn.execute(audit.insert().values(**audit_columns(entry)))

        await self._database.write(step)

    async def spent_nusd(self, period: str) -> int:
        """What the books hold for a month ("2026-11"): posted and reserved."""
        return await self._database.read(lambda conn: spent(conn, self._lane_id, period))
