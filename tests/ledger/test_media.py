"""Pictures in a folder and in a bucket: whole or not at all, and plain words when it cannot be."""

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from bot.core.errors import Unavailable
from bot.core.ports import Media
from bot.ledger.media import BucketMedia, FolderMedia, open_media

BUCKET = "memory://hugops-tests/pictures"


@pytest.fixture
def bucket() -> Iterator[BucketMedia]:
    """A store in memory, empty before and after."""
    opened = open_media(BUCKET)
    assert isinstance(opened, BucketMedia)
    yield opened
    store = fsspec.filesystem("memory")
    if store.exists("/hugops-tests"):
        store.rm("/hugops-tests", recursive=True)


@pytest.fixture
def folder(tmp_path: Path) -> FolderMedia:
    """A folder that is not there yet."""
    return FolderMedia(tmp_path / "media" / "pictures")


@pytest.fixture(params=["folder", "bucket"])
def media(request: pytest.FixtureRequest) -> Media:
    """Each kind of store."""
    return request.getfixturevalue(request.param)


async def test_what_was_saved_is_loaded(media: Media) -> None:
    await media.save("job1.1", b"picture")
    assert await media.load("job1.1") == b"picture"


async def test_a_second_save_replaces(media: Media) -> None:
    await media.save("job1.1", b"picture")
    await media.save("job1.1", b"")
    assert await media.load("job1.1") == b""


async def test_what_is_not_there_is_none(media: Media) -> None:
    assert await media.load("job1.1") is None


async def test_deleted_is_gone_and_may_be_deleted_again(media: Media) -> None:
    await media.save("job1.1", b"picture")
    await media.save("job1.2", b"another")
    await media.delete("job1.1")
    await media.delete("job1.1")
    assert await media.load("job1.1") is None
    assert await media.load("job1.2") == b"another"


async def test_a_folder_that_vanished_is_made_again(folder: FolderMedia, tmp_path: Path) -> None:
    folder.prepare()
    (tmp_path / "media" / "pictures").rmdir()
    await folder.save("job1.1", b"picture")
    assert await folder.load("job1.1") == b"picture"


async def test_deleting_from_a_folder_that_vanished_is_no_error(folder: FolderMedia) -> None:
    await folder.delete("job1.1")


def test_preparing_leaves_nothing_behind(folder: FolderMedia, tmp_path: Path) -> None:
    folder.prepare()
    assert list((tmp_path / "media" / "pictures").iterdir()) == []


async def test_saving_leaves_no_unfinished_file(folder: FolderMedia, tmp_path: Path) -> None:
    await folder.save("job1.1", b"picture")
    assert [path.name for path in (tmp_path / "media" / "pictures").iterdir()] == ["job1.1"]


async def test_what_a_crash_left_unfinished_is_no_picture(
    folder: FolderMedia, tmp_path: Path
) -> None:
    folder.prepare()
    (tmp_path / "media" / "pictures" / "job1.1.part").write_bytes(b"pic")
    assert await folder.load("job1.1") is None
    await folder.save("job1.1", b"picture")
    assert await folder.load("job1.1") == b"picture"


async def test_a_failed_save_keeps_what_was_there(folder: FolderMedia, tmp_path: Path) -> None:
    await folder.save("job1.1", b"picture")
    (tmp_path / "media" / "pictures" / "job1.1.part").mkdir()
    with pytest.raises(Unavailable) as error:
        await folder.save("job1.1", b"another")
    assert (error.value.what, error.value.reason) == ("media store", "Is a directory")
    assert await folder.load("job1.1") == b"picture"


async def test_a_failed_save_leaves_nothing_on_a_full_disk(
    folder: FolderMedia, tmp_path: Path
) -> None:
    (tmp_path / "media" / "pictures" / "a.1" / "in the way").mkdir(parents=True)
    with pytest.raises(Unavailable):
        await folder.save("a.1", b"new")
    assert [path.name for path in (tmp_path / "media" / "pictures").iterdir()] == ["a.1"]


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    folder = FolderMedia(tmp_path / "file" / "pictures")
    with pytest.raises(Unavailable) as error:
        folder.prepare()
    assert (error.value.what, error.value.reason) == ("media store", "Not a directory")
    with pytest.raises(Unavailable):
        await folder.save("job1.1", b"picture")
    with pytest.raises(Unavailable):
        await folder.delete("job1.1")


@pytest.mark.parametrize("scheme", ["", "file://"])
async def test_a_path_is_a_folder(tmp_path: Path, scheme: str) -> None:
    media = open_media(f"{scheme}{tmp_path}/pictures")
    await media.save("job1.1", b"picture")
    assert (tmp_path / "pictures" / "job1.1").read_bytes() == b"picture"


async def test_a_folder_is_proved_when_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable):
        open_media(str(tmp_path / "file" / "pictures"))


async def test_a_bucket_ignores_a_trailing_slash(bucket: BucketMedia) -> None:
    await bucket.save("job1.1", b"picture")
    assert await open_media(BUCKET + "/").load("job1.1") == b"picture"


def test_an_unknown_kind_of_store_is_said() -> None:
    with pytest.raises(Unavailable) as error:
        open_media("nosuchstore://bucket")
    assert error.value.what == "media store"
    assert "nosuchstore" in error.value.reason


class BrokenStore:
    """A bucket that nobody reaches."""

    def pipe_file(self, path: str, value: bytes) -> None:
        raise ConnectionError

    def cat_file(self, path: str) -> bytes:
        raise ConnectionError

    def rm_file(self, path: str) -> None:
        raise OSError(5, "Input/output error")


async def test_a_bucket_that_nobody_reaches_is_unavailable() -> None:
    bucket = BucketMedia(BrokenStore(), "bucket")
    with pytest.raises(Unavailable) as error:
        await bucket.save("job1.1", b"picture")
    assert error.value.reason == "ConnectionError"
    with pytest.raises(Unavailable):  # not None: the picture may well be there
        await bucket.load("job1.1")
    with pytest.raises(Unavailable) as error:
        await bucket.delete("job1.1")
    assert error.value.reason == "Input/output error"
