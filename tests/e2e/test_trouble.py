"""The ledger locked, the disk full, the media folder gone, all while running: nothing is lost."""

import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.conftest import Stage
from tests.e2e.scenes import RETURNED, SLOW, ask, ended, eventually, painted, queued, rows

OUR_FAULT = "Something went wrong on my side (ref "


async def test_a_locked_ledger_is_a_private_sentence_and_nothing_is_queued(stage: Stage) -> None:
    await stage.open()
    with _locked(stage):
        asked = await ask(stage, stage.world.ana, "a locked door")
        message = await asked.settled(SLOW)
    assert message.ephemeral
    assert OUR_FAULT in message.text
    assert rows(stage, "SELECT COUNT(*) FROM job") == [(0,)]
    assert not stage.discord.messages(stage.world.general)
    await painted(stage, await queued(stage, stage.world.ana, "an open door"))
    assert "Traceback" not in message.text


async def test_a_full_disk_under_the_ledger_is_a_private_sentence(stage: Stage) -> None:
    await stage.open()
    await painted(stage, await queued(stage, stage.world.ana, "before"))
    with _full_disk(stage):
        message = await (await ask(stage, stage.world.ana, "during")).settled(SLOW)
    assert message.ephemeral
    assert OUR_FAULT in message.text
    await painted(stage, await queued(stage, stage.world.ana, "after"))
    assert rows(stage, "SELECT prompt FROM job ORDER BY id") == [("before",), ("after",)]


async def test_a_disk_that_fills_up_during_the_call_loses_nothing(stage: Stage) -> None:
    """Neither picture nor ledger can be written for a while; the job ends once, in words."""
    await stage.open()
    stage.upstream.hold()
    key = await queued(stage, stage.world.ana, "a picture that finds no room")
    await stage.upstream.arrived(1)
    media = stage.bot.folder / "media"
    before = media.stat().st_mtime_ns
    with _full_disk(stage):
        stage.upstream.release()
        # What was begun is taken away again: only the folder's own time tells of it.
        await eventually(lambda: media.stat().st_mtime_ns != before)
    message = await ended(stage, key)
    assert OUR_FAULT in message.text
    assert RETURNED in message.text
    assert len(stage.upstream.calls) == 1
    await painted(stage, await queued(stage, stage.world.ana, "a picture with room"))


async def test_a_media_folder_that_vanished_is_made_again(stage: Stage) -> None:
    await stage.open()
    shutil.rmtree(stage.bot.folder / "media")
    await painted(stage, await queued(stage, stage.world.ana, "a tent that is pitched again"))
    assert any((stage.bot.folder / "media").iterdir())


async def test_a_media_folder_that_cannot_be_written_ends_the_job_in_words(stage: Stage) -> None:
    await stage.open()
    media = stage.bot.folder / "media"
    shutil.rmtree(media)
    media.touch()  # a file where the folder was: not even root can write into it
    message = await ended(stage, await queued(stage, stage.world.ana, "nowhere to go"))
    assert OUR_FAULT in message.text
    assert RETURNED in message.text
    assert rows(stage, "SELECT state FROM job") == [("failed",)]
    media.unlink()
    await painted(stage, await queued(stage, stage.world.ana, "a home"))


@contextmanager
def _locked(stage: Stage) -> Iterator[None]:
    """Another program keeps the ledger's write lock."""
    connection = sqlite3.connect(stage.bot.folder / "ledger.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def _full_disk(stage: Stage) -> Iterator[None]:
    """No file of the bot may grow: every write is refused as on a disk without room."""
    assert stage.bot.process is not None
    pid = stage.bot.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
