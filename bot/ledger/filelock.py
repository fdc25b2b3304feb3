"""A lock on a file that the system lets go of when the process dies. Called by database.py."""

import fcntl
from pathlib import Path
from typing import IO, Self

from bot.core.errors import Unavailable


class FileLock:
    """Held from `take` until `release` or the end of the process."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, path: Path) -> Self:
        """Take the lock at `path` or raise Unavailable at once."""
        try:
            file = path.open("w")
        except OSError as error:
            reason = f"{path} cannot be written ({error.strerror})"
            raise Unavailable(what="ledger", reason=reason) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            reason = "another HugOps is running on it"
            raise Unavailable(what="ledger", reason=reason) from error
        return cls(file)

    def release(self) -> None:
        """Let somebody else have it."""
        self._file.close()
