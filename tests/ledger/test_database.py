"""The database: what it is opened with, what it ends at, and every way in which it may fail."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.core.errors import Unavailable
from bot.ledger import migrations
from bot.ledger.connections import Connections, open_engine
from bot.ledger.database import Database, _newest_schema, plain_reason
from bot.ledger.tables import metadata, note
from tests.ledger.office import Office, set_on_connect, url_of

SOON = "PRAGMA busy_timeout = 50"


async def refusal(database: Database, statement: str = "UPDATE note SET value = ''") -> str:
    """In which words a write fails."""
    try:
        with pytest.raises(Unavailable) as error:
            await database.write(lambda conn: conn.execute(text(statement)).close())
    finally:
        await database.close()
    assert error.value.what == "ledger"
    return error.value.reason


def schema(conn: Connection) -> list[str]:
    """All that SQLite knows of the schema."""
    rows = conn.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name"))
    return [f"{row.name}: {row.sql}" for row in rows]


def test_a_look_at_a_ledger_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as error:
        Database.existing(url_of(tmp_path / "not yet" / "hugops.db"))
    assert "there is none at" in error.value.reason
    assert list(tmp_path.iterdir()) == []


async def test_the_revisions_end_at_exactly_the_tables(office: Office) -> None:
    def differences(conn: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(conn), metadata)

    assert await office.database.read(differences) == []


async def test_the_constraints_and_indexes_are_those_of_the_tables(
    office: Office, tmp_path: Path
) -> None:
    made = Database.at(url_of(tmp_path / "made.db"))
    await made.write(metadata.create_all)
    expected = await made.read(facts)
    await made.close()
    found = await office.database.read(facts)
    assert found.keys() == expected.keys()
    for name in expected:
        assert found[name] == expected[name]


def facts(conn: Connection) -> dict[str, object]:
    """Constraints and indexes, which alembic's own comparison leaves out in part."""
    seen = inspect(conn)
    indexes = text(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name = :name"
    )
    return {
        name: [
            sorted(map(str, seen.get_check_constraints(name))),
            sorted(map(str, seen.get_unique_constraints(name))),
            sorted(map(str, seen.get_foreign_keys(name))),
            sorted(conn.execute(indexes, {"name": name}).scalars()),
            seen.get_pk_constraint(name),
            {column["name"]: str(column) for column in seen.get_columns(name)},
        ]
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


async def test_the_newest_revision_is_known_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == _newest_schema()


async def test_a_second_upgrade_is_harmless(office: Office) -> None:
    await office.submit()
    before = await office.database.read(schema)
    await office.database.upgrade()
    assert await office.database.read(schema) == before
    assert (await office.job()).key == "job1"


async def test_it_is_opened_to_survive_the_power_going(ledger: Path) -> None:
    database = Database.at(url_of(ledger))
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")

    def look(conn: Connection) -> list[object]:
        return [conn.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]

    assert await database.read(look) == ["wal", 2, 1, 10_000]
    await database.close()


async def test_a_failed_step_leaves_nothing(office: Office) -> None:
    def step(conn: Connection) -> None:
        conn.execute(text("INSERT INTO note VALUES ('a', 'b')"))
        raise Unavailable(what="test", reason="stop")

    before = await office.rows(note)
    with pytest.raises(Unavailable):
        await office.database.write(step)
    assert await office.rows(note) == before


async def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    database = Database.at(url_of(tmp_path / "not" / "yet" / "hugops.db"))
    await database.upgrade()
    await database.close()
    assert (tmp_path / "not" / "yet" / "hugops.db").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable) as error:
        Database.at(url_of(tmp_path / "file" / "data" / "hugops.db"))
    assert error.value.reason == f"the folder {tmp_path}/file/data cannot be made (Not a directory)"


async def test_a_file_opened_read_only(ledger: Path) -> None:
    url = f"sqlite+aiosqlite:///file:{ledger}?mode=ro&uri=true"
    database = Database(Connections(open_engine(url)), ledger)
    assert await refusal(database) == "the file is read-only"


async def test_a_connection_that_may_only_read(ledger: Path) -> None:
    database = Database.at(url_of(ledger))
    set_on_connect(database, "PRAGMA query_only = ON")
    assert await refusal(database) == "the file is read-only"


async def test_a_file_that_another_program_keeps_locked(ledger: Path) -> None:
    other = sqlite3.connect(ledger, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    database = Database.at(url_of(ledger))
    set_on_connect(database, SOON)
    assert await refusal(database) == "another program keeps it locked"
    other.close()


async def test_reading_goes_on_beside_a_writer(ledger: Path) -> None:
    other = sqlite3.connect(ledger, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    database = Database.at(url_of(ledger))
    set_on_connect(database, SOON)
    assert await database.read(schema)
    await database.close()
    other.close()


async def test_a_full_disk(ledger: Path) -> None:
    database = Database.at(url_of(ledger))
    set_on_connect(database, "PRAGMA max_page_count = 1")
    grow = "INSERT INTO note VALUES ('big', zeroblob(1000000))"
    assert await refusal(database, grow) == "the disk is full"


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "hugops.db"
    path.write_bytes(b"This is a letter, not a ledger. " * 100)
    reason = await refusal(Database.at(url_of(path)))
    assert reason == "the file is not a ledger, or it is damaged"


async def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    assert await refusal(Database.at(url_of(tmp_path))) == "the file cannot be opened"


async def test_an_empty_file_is_no_ledger_yet(tmp_path: Path) -> None:
    assert await refusal(Database.at(url_of(tmp_path / "empty.db"))) == "no such table: note"


async def test_a_ledger_of_a_newer_program_is_left_alone(office: Office) -> None:
    await office.sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable) as error:
        await office.database.upgrade()
    assert error.value.reason == (
        "it was written by a newer HugOps (schema 9999); upgrade the program"
    )


async def test_only_one_process_has_the_lock(ledger: Path) -> None:
    first, second = Database.at(url_of(ledger)), Database.at(url_of(ledger))
    first.lock()
    with pytest.raises(Unavailable) as error:
        second.lock()
    assert error.value.reason == "another HugOps is running on it"
    await first.close()
    second.lock()
    await second.close()


def test_a_lock_that_cannot_be_written_is_said(ledger: Path) -> None:
    blocked = ledger.with_name("hugops.db.lock")
    blocked.mkdir()
    with pytest.raises(Unavailable) as error:
        Database.at(url_of(ledger)).lock()
    assert error.value.reason == f"{blocked} cannot be written (Is a directory)"


def test_a_reason_never_holds_a_statement_or_many_lines() -> None:
    assert plain_reason(sqlite3.OperationalError("disk I/O error")) == "the disk reports an error"
    malformed = sqlite3.DatabaseError("database disk image is malformed")
    assert plain_reason(malformed) == "the file is damaged"
    assert plain_reason(OSError()) == "OSError"
    assert plain_reason(OSError("one\ntwo")) == "one"
    assert plain_reason(OSError("x" * 500)) == "x" * 200


async def test_a_broken_rule_of_the_schema_is_a_plain_reason(office: Office) -> None:
    await office.submit()
    with pytest.raises(Unavailable) as error:
        await office.sql("UPDATE job SET state = 'lost'")
    assert error.value.reason == "CHECK constraint failed: ck_job_state"
    with pytest.raises(Unavailable) as error:
        await office.sql("DELETE FROM lane")
    assert error.value.reason == "FOREIGN KEY constraint failed"
