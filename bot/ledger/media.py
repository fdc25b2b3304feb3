"""Picture bytes under a name, in a folder or any store that fsspec knows. The Media port.

A picture is written beside its name, flushed to the disk, then renamed: a crash leaves either the
whole picture or none. fsspec and its drivers are imported on use.
"""

import asyncio
import os
from pathlib import Path
from typing import Protocol, cast

from bot.core.errors import Unavailable


class _Store(Protocol):
    """The part of fsspec's file systems that is used here."""

    def pipe_file(self, path: str, value: bytes) -> None: ...
    def cat_file(self, path: str) -> bytes: ...
    def rm_file(self, path: str) -> None: ...


class FolderMedia:
    """Pictures as files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the folder and prove that it can be written. Raises Unavailable."""
        probe = self._folder / f".probe-{os.getpid()}"
        try:
            _write(probe, b"")
            probe.unlink()
        except OSError as error:
            raise _unavailable(error) from error

    async def save(self, name: str, data: bytes) -> None:
        """Durable once this returns. Raises Unavailable."""
        try:
            await asyncio.to_thread(_write, self._folder / name, data)
        except OSError as error:
            raise _unavailable(error) from error

    async def load(self, name: str) -> bytes | None:
        """The bytes, or None when they are gone. Raises Unavailable when nobody can tell."""
        try:
            return await asyncio.to_thread((self._folder / name).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unavailable(error) from error

    async def delete(self, name: str) -> None:
        """Forget the bytes; no error when they are gone already."""
        try:
            await asyncio.to_thread((self._folder / name).unlink, missing_ok=True)
        except OSError as error:
            raise _unavailable(error) from error


class BucketMedia:
    """Pictures as objects of a store whose writes are whole or not at all."""

    def __init__(self, store: _Store, root: str) -> None:
        self._store = store
        self._root = root.rstrip("/")

    async def save(self, name: str, data: bytes) -> None:
        """Durable once this returns. Raises Unavailable."""
        try:
            await asyncio.to_thread(self._store.pipe_file, self._path(name), data)
        except OSError as error:
            raise _unavailable(error) from error

    async def load(self, name: str) -> bytes | None:
        """The bytes, or None when they are gone. Raises Unavailable when nobody can tell."""
        try:
            return await asyncio.to_thread(self._store.cat_file, self._path(name))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unavailable(error) from error

    async def delete(self, name: str) -> None:
        """Forget the bytes; no error when they are gone already."""
        try:
            await asyncio.to_thread(self._store.rm_file, self._path(name))
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unavailable(error) from error

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def folder_of(url: str) -> Path | None:
    """The folder that `url` names; None when the store is none of this machine."""
    if "://" in url and not url.startswith("file://"):
        return None
    return Path(url.removeprefix("file://"))


def open_media(url: str) -> FolderMedia | BucketMedia:
    """The store at `url`: a folder, or a URL of fsspec. Raises Unavailable."""
    path = folder_of(url)
    if path is not None:
        folder = FolderMedia(path)
        folder.prepare()
        return folder
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # noqa: PLC0415 - on use

    try:
        store, root = cast("tuple[_Store, str]", url_to_fs(url))
    except (ImportError, ValueError) as error:
        raise Unavailable(what="media store", reason=str(error)) from error
    return BucketMedia(store, root)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError:
        unfinished.unlink(missing_ok=True)  # on a full disk every byte counts
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive the power going."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(what="media store", reason=error.strerror or type(error).__name__)
