"""Whether the ledger is fit for work, asked beside the process that holds it; and the disks."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.checkup import Trouble
from bot.core.errors import Cause, Failed, Reach, Unavailable
from bot.core.outcomes import PauseKind
from bot.ledger.database import Database, file_of
from bot.ledger.disk import FolderDisk
from bot.ledger.lanes import fingerprint_of
from bot.ledger.media import folder_of
from bot.ledger.notes import SqlNotes
from bot.ledger.soundness import SqlSoundness
from tests.ledger.office import Office, url_of

REFUSED = Failed(cause=Cause.TOKEN_REFUSED, reach=Reach.REJECTED, status=403)
SLOW = Failed(cause=Cause.SLOW_DOWN, reach=Reach.REJECTED, retry_after=timedelta(minutes=10))
BROKEN = Failed(cause=Cause.BROKEN_LINE, reach=Reach.UNKNOWN)


def soundness(office: Office, token: str = "secret") -> SqlSoundness:  # noqa: S107 - opens nothing
    return SqlSoundness(office.database, office.clock, fingerprint_of(token))


async def fail(office: Office, number: int, failed: Failed) -> None:
    await office.submit(number)
    await office.fail(await office.send(), failed)


async def test_a_note_proves_that_it_can_be_written(office: Office) -> None:
    sound = soundness(office)
    assert not sound.missing()
    await sound.prove_writable()
    assert await SqlNotes(office.database).read("doctor") == office.clock.now().isoformat()


async def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path, office: Office) -> None:
    path = tmp_path / "elsewhere.db"
    database = Database.at(url_of(path))
    assert SqlSoundness(database, office.clock, "x").missing()
    await database.close()
    assert not path.exists()


async def test_rows_that_break_the_books_are_counted(office: Office) -> None:
    await office.submit()
    assert await soundness(office).broken() == 0
    await office.sql("DELETE FROM transfer")
    assert await soundness(office).broken() > 0
    await office.sql("DELETE FROM job")


async def test_late_refusals_of_the_token_are_counted_by_cause(office: Office) -> None:
    await fail(office, 1, REFUSED)
    await fail(office, 2, BROKEN)
    await fail(office, 3, REFUSED)
    assert await soundness(office).trouble() == Trouble(refused={Cause.TOKEN_REFUSED: 2})
    assert await soundness(office, "another").trouble() == Trouble()
    office.clock.move(timedelta(hours=1, seconds=1))
    assert await soundness(office).trouble() == Trouble()


async def test_a_pause_is_told_until_it_is_over(office: Office) -> None:
    await fail(office, 1, SLOW)
    trouble = await soundness(office).trouble()
    assert trouble.rest is not None
    assert trouble.rest.kind is PauseKind.SLOW_DOWN
    assert trouble.rest.until_at is not None
    assert trouble.rest.until_at > office.clock.now()
    office.clock.move(timedelta(minutes=11))
    assert (await soundness(office).trouble()).rest is None


async def test_after_a_reboot_nobody_knows_when_a_pause_ends(office: Office) -> None:
    await fail(office, 1, SLOW)
    office.clock.reboot()
    assert (await soundness(office).trouble()).rest is None


async def test_the_disk_of_a_folder_that_is_not_there_yet_is_that_above_it(tmp_path: Path) -> None:
    disk = FolderDisk({"ledger": tmp_path, "pictures": tmp_path / "a" / "b"})
    free = await disk.free()
    assert free.keys() == {"ledger", "pictures"}
    assert min(free.values()) > 0


async def test_a_disk_that_reports_an_error_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await FolderDisk({"ledger": tmp_path / ("x" * 300) / "y"}).free()


@pytest.mark.parametrize(
    ("url", "folder"),
    [("data/media", "data/media"), ("file://data", "data"), ("s3://bucket/x", None)],
)
def test_the_folder_behind_a_media_address(url: str, folder: str | None) -> None:
    assert folder_of(url) == (Path(folder) if folder else None)


def test_the_file_behind_a_database_address() -> None:
    assert file_of("sqlite+aiosqlite:///x.db") == Path("x.db")
    assert file_of("sqlite+aiosqlite:///:memory:") is None
