"""The database behind the ledger: opened, locked, migrated, and every foreign error made ours.

The one dialect seam: what only SQLite needs (write lock up front, pragmas, file lock) is here.
Called by bot/app.py, bot/cli.py and the stores of bot/ledger.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite
from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.core.errors import Unavailable
from bot.ledger.filelock import FileLock

T = TypeVar("T")

BUSY_TIMEOUT_MS = 10_000
_LAST_REPORT_S = 2.0
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit that returned survives the power going
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys = ON",
)


class Database:
    """Runs functions of a synchronous Connection, each in one transaction."""

    def __init__(self, engine: AsyncEngine, path: Path | None) -> None:
        self._engine = engine
        self.path = path  # None: in memory
        self._lock: FileLock | None = None

    @classmethod
    def at(cls, url: str) -> Self:
        """The database at `url`; touches nothing but the folder it lies in. Raises Unavailable."""
        path = file_of(url)
        if path:
            _make_folder(path.parent)
        # An error that is logged must not tell the row: it holds prompts and interaction tokens.
        engine = create_async_engine(
            make_url(url), pool_size=4, max_overflow=0, hide_parameters=True
        )
        event.listen(engine.sync_engine, "do_connect", _open_with_care)
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
        return cls(engine, path)

    @classmethod
    def existing(cls, url: str) -> Self:
        """The database at `url` if there is one; makes nothing. Raises Unavailable."""
        path = file_of(url)
        if path and not path.exists():
            reason = f"there is none at {path} yet; `hugops run` makes it"
            raise Unavailable(what="ledger", reason=reason)
        return cls.at(url)

    async def upgrade(self) -> None:
        """Bring the schema to this version's. Raises Unavailable."""
        from bot.ledger.migrations import upgrade  # noqa: PLC0415 - alembic is heavy: on use

        await self.write(upgrade)

    def lock(self) -> None:
        """Be the only bot that works on this file. Raises Unavailable."""
        if self.path:
            self._lock = FileLock.take(self.path.with_name(self.path.name + ".lock"))

    async def write(self, step: Callable[[Connection], T]) -> T:
        """Run `step` in a transaction that holds the write lock. Raises Unavailable."""
        return await self._run(step, reads_only=False)

    async def read(self, step: Callable[[Connection], T]) -> T:
        """Run `step` on one consistent view. Raises Unavailable."""
        return await self._run(step, reads_only=True)

    async def close(self) -> None:
        """Let go of connections and lock."""
        await self._engine.dispose()
        if self._lock:
            self._lock.release()

    async def _run(self, step: Callable[[Connection], T], *, reads_only: bool) -> T:
        engine = self._engine.execution_options(reads_only=reads_only)
        try:
            async with engine.begin() as conn:
                return await conn.run_sync(step)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise Unavailable(what="ledger", reason=plain_reason(error)) from error


def file_of(url: str) -> Path | None:
    """The file behind the database at `url`; None when it is in memory."""
    name = make_url(url).database
    return Path(name) if name and name != ":memory:" else None


def plain_reason(error: Exception) -> str:
    """What the database said, in a few plain words and without any statement."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    said = (str(origin).strip() or type(origin).__name__).splitlines()[0]
    for sign, words in _REASONS.items():
        if sign in said:
            return words
    return said[:200]


_REASONS = {
    "readonly": "the file is read-only",
    "database is locked": "another program keeps it locked",
    "disk is full": "the disk is full",
    "unable to open": "the file cannot be opened",
    "not a database": "the file is not a ledger, or it is damaged",
    "malformed": "the file is damaged",
    "disk I/O error": "the disk reports an error",
}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"the folder {folder} cannot be made ({error.strerror})"
        raise Unavailable(what="ledger", reason=reason) from error


def _open_with_care(
    _dialect: object, _record: object, _args: object, options: dict[str, Any]
) -> None:
    options["async_creator_fn"] = _open


async def _open(*args: Any, **options: Any) -> aiosqlite.Connection:
    connection = aiosqlite.connect(*args, **options)
    thread = connection._thread  # pyright: ignore[reportPrivateUsage]  # it offers no way to wait
    thread.daemon = True
    try:
        return await connection
    except BaseException:
        # Its thread still reports to the loop, and fails loudly if that was closed meanwhile.
        await asyncio.to_thread(thread.join, _LAST_REPORT_S)
        raise


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # the driver's own begin is off
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(conn: Connection) -> None:
    options: dict[str, Any] = dict(conn.get_execution_options())
    # IMMEDIATE takes the write lock up front; a deferred lock lets two claims see the same room.
    conn.exec_driver_sql("BEGIN" if options.get("reads_only") else "BEGIN IMMEDIATE")
