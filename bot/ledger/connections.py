"""Connections to SQLite. A whole transaction runs in a connection's own thread, in one hop.

A hop for each statement, as SQLAlchemy's async engine makes them, costs three times as much as the
statements. All writes share one connection, so that they queue here and not in SQLite, which waits
for its lock by sleeping. Called by database.py.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import cycle
from typing import TypeVar, cast

import aiosqlite
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, SingletonThreadPool

T = TypeVar("T")
Run = Callable[[Callable[[], object]], Awaitable[object]]

BUSY_TIMEOUT_MS = 10_000
READERS = 3
_ROWS_AT_ONCE = 64
_LAST_REPORT_S = 2.0
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit that returned survives the power going
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys = ON",
)


def open_engine(url: str) -> Engine:
    """An engine that keeps one connection for each thread; opens none yet."""
    # An error that is logged must not tell the row: it holds prompts and interaction tokens.
    engine = create_engine(
        make_url(url).set(drivername="sqlite"), poolclass=SingletonThreadPool, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


class Connections:
    """One connection to write with and some to read with, each opened on first use."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reads = engine.execution_options(reads_only=True)
        self._writer = _Worker(engine)
        # A database in memory belongs to the connection that made it.
        alone = engine.url.database in {None, "", ":memory:"}
        self._readers = [self._writer] if alone else [_Worker(engine) for _ in range(READERS)]
        self._next = cycle(self._readers)
        self._patient = asyncio.Lock()

    async def write(self, step: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """Run `step` in a transaction that holds the write lock.

        Somebody waits for an `urgent` one: it goes before all that do not run yet. A caller who is
        cancelled meanwhile does not hear whether it was committed.
        """
        transaction = partial(_transaction, self.engine, step)
        if urgent:
            return await self._writer.run(transaction)
        async with self._patient:
            return await self._writer.run(transaction)

    async def read(self, step: Callable[[Connection], T]) -> T:
        """Run `step` on one consistent view."""
        return await next(self._next).run(partial(_transaction, self._reads, step))

    async def close(self) -> None:
        """Finish what was begun, then close every connection."""
        for worker in {self._writer, *self._readers}:
            await worker.close()
        self.engine.dispose()


class _Worker:
    """A connection and its thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._opening = asyncio.Lock()
        self._connection: aiosqlite.Connection | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in the thread, after what was asked for earlier."""
        connection = self._connection or await self._open()
        run = cast("Run", connection._execute)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]  # its own methods are made of it
        try:
            return cast("T", await run(work))
        except ValueError as error:
            if connection is self._connection:
                raise
            raise sqlite3.ProgrammingError("the connection was closed meanwhile") from error

    async def close(self) -> None:
        """Close it; a later `run` opens it anew."""
        async with self._opening:
            connection, self._connection = self._connection, None
            if connection:
                await connection.close()

    async def _open(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._connection:
                return self._connection
            connection = aiosqlite.Connection(self._connect, _ROWS_AT_ONCE)
            thread = connection._thread  # pyright: ignore[reportPrivateUsage]  # it offers no way to wait
            thread.daemon = True
            try:
                self._connection = await connection
            except BaseException:
                # Its thread still reports to the loop, and fails loudly if that was closed.
                await asyncio.to_thread(thread.join, _LAST_REPORT_S)
                raise
            return self._connection

    def _connect(self) -> sqlite3.Connection:
        """This thread's connection, which the engine keeps for it."""
        with self._engine.connect() as conn:
            return cast("sqlite3.Connection", conn.connection.driver_connection)


def _transaction(engine: Engine, step: Callable[[Connection], T]) -> T:
    with engine.begin() as conn:
        return step(conn)


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # the driver's own begin is off
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(conn: Connection) -> None:
    # IMMEDIATE takes the write lock up front; a deferred lock lets two claims see the same room.
    reads_only = conn.get_execution_options().get("reads_only", False)
    conn.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
