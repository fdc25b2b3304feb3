"""What happened to jobs, for whoever shows them. Rung by services, awaited by cogs/delivery.py."""

import asyncio

from bot.core.jobs import JobKey


class Changes:
    """Keys of jobs that changed, each at most once until taken."""

    def __init__(self) -> None:
        self._keys: set[JobKey] = set()
        self.event = asyncio.Event()

    def note(self, key: JobKey) -> None:
        """The job `key` changed."""
        self._keys.add(key)
        self.event.set()

    def take(self) -> set[JobKey]:
        """The keys noted since the last call."""
        keys, self._keys = self._keys, set()
        self.event.clear()
        return keys
