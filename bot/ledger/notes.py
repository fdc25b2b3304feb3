"""Small facts that outlive the process, such as which commands were registered last."""

from sqlalchemy import Connection, select

from bot.ledger.database import Database
from bot.ledger.tables import note


def read_note(conn: Connection, name: str) -> str | None:
    """What was written under `name`."""
    return conn.execute(select(note.c.value).where(note.c.name == name)).scalar_one_or_none()


def write_note(conn: Connection, name: str, value: str) -> None:
    """Remember `value` under `name`."""
    changed = conn.execute(note.update().where(note.c.name == name).values(value=value))
    if changed.rowcount == 0:
        conn.execute(note.insert().values(name=name, value=value))


class SqlNotes:
    """The Notes port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, name: str) -> str | None:
        """What was written under `name`."""
        return await self._database.read(lambda conn: read_note(conn, name))

    async def write(self, name: str, value: str) -> None:
        """Remember `value` under `name`."""
        await self._database.write(lambda conn: write_note(conn, name, value))
