"""The database behind the ledger: opened, locked, migrated, and every foreign error made ours.

What only SQLite needs is in connections.py and filelock.py.
Called by bot/app.py, bot/cli.py and the stores of bot/ledger.
"""

import sqlite3
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.core.errors import Unavailable
from bot.ledger.connections import Connections, open_engine
from bot.ledger.filelock import FileLock

T = TypeVar("T")
Observe = Callable[[str, float], None]  # "read" or "write", and its seconds


class Database:
    """Runs functions of a synchronous Connection, each in one transaction."""

    def __init__(
        self, connections: Connections, path: Path | None, observe: Observe | None = None
    ) -> None:
        self._connections = connections
        self._observe = observe
        self.path = path  # None: in memory
        self._lock: FileLock | None = None

    @classmethod
    def at(cls, url: str, observe: Observe | None = None) -> Self:
        """The database at `url`; touches nothing but the folder it lies in. Raises Unavailable."""
        path = file_of(url)
        if path:
            _make_folder(path.parent)
        return cls(Connections(open_engine(url)), path, observe)

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
        if await self.read(_schema) == _newest_schema():
            return
        from bot.ledger.migrations import upgrade  # noqa: PLC0415 - alembic is heavy: on use

        await self.write(upgrade)

    def lock(self) -> None:
        """Be the only bot that works on this file. Raises Unavailable."""
        if self.path:
            self._lock = FileLock.take(self.path.with_name(self.path.name + ".lock"))

    async def write(self, step: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """Run `step` in a transaction that holds the write lock; an `urgent` one goes first.

        Raises Unavailable.
        """
        return await self._run("write", self._connections.write(step, urgent=urgent))

    async def read(self, step: Callable[[Connection], T]) -> T:
        """Run `step` on one consistent view. Raises Unavailable."""
        return await self._run("read", self._connections.read(step))

    async def close(self) -> None:
        """Let go of connections and lock."""
        await self._connections.close()
        if self._lock:
            self._lock.release()

    async def _run(self, kind: str, transaction: Awaitable[T]) -> T:
        started = time.perf_counter()
        try:
            return await transaction
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise Unavailable(what="ledger", reason=plain_reason(error)) from error
        finally:
            if self._observe:
                self._observe(kind, time.perf_counter() - started)


def _schema(conn: Connection) -> str | None:
    """The schema that a ledger says it has, without alembic; None: none yet."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _newest_schema() -> str:
    """Revisions are files, and their names begin with their numbers."""
    files = Path(__file__).with_name("migrations").glob("versions/[0-9]*.py")
    return max(file.name for file in files).partition("_")[0]


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
