"""How much room is left where ledger and pictures lie: the Disk port. Built by app.py."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

from bot.core.errors import Unavailable


class FolderDisk:
    """The disks under these paths, which need not exist yet, by what lies there."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths

    async def free(self) -> Mapping[str, int]:
        """Free bytes by what lies there. Raises Unavailable."""
        try:
            return await asyncio.to_thread(self._free)
        except OSError as error:
            raise Unavailable(what="disk", reason=error.strerror or type(error).__name__) from error

    def _free(self) -> dict[str, int]:
        return {what: shutil.disk_usage(_standing(path)).free for what, path in self._paths.items()}


def _standing(path: Path) -> Path:
    """The nearest folder that exists."""
    absolute = path.absolute()
    return next(folder for folder in (absolute, *absolute.parents) if folder.exists())
