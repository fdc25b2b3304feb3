"""How the stand-in tells that something happened; tests wait on it and the page listens to it."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the page's event stream, and for whom it is."""

    type: str
    body: dict[str, Any]
    channel_id: int | None = None
    person_id: int | None = None


class Changes:
    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []
        self._listeners: list[asyncio.Queue[Event | None]] = []

    def touch(self) -> None:
        """Wake everybody who waits for a predicate to become true."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def publish(self, event: Event) -> None:
        for listener in self._listeners:
            listener.put_nowait(event)
        self.touch()

    async def until(self, predicate: Callable[[], T], within: float = 5.0) -> T:
        """The first true value of the predicate, asked again after each change."""
        async with asyncio.timeout(within):
            while not (value := predicate()):
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.append(future)
                await future
        return value

    @contextmanager
    def listen(self) -> Generator[asyncio.Queue[Event | None]]:
        """A queue of all events from now on; `None` says that the server closes."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._listeners.append(queue)
        try:
            yield queue
        finally:
            self._listeners.remove(queue)

    def close(self) -> None:
        for listener in self._listeners:
            listener.put_nowait(None)
