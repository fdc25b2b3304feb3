"""The connections' own order: an urgent write goes first, and what was begun is finished."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.ledger.connections import Connections, open_engine
from tests.ledger.office import url_of


@pytest.fixture
async def connections(ledger: Path) -> AsyncGenerator[Connections]:
    opened = Connections(open_engine(url_of(ledger)))
    yield opened
    await opened.close()


class Scribe:
    """Steps that write down when they ran; the first holds the connection until let go."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def hold(self, _conn: Connection) -> None:
        self.begun.set()
        assert self.go.wait(10)

    def note(self, name: str) -> "Step":
        return Step(self.ran, name)


class Step:
    def __init__(self, ran: list[str], name: str) -> None:
        self.ran, self.name = ran, name

    def __call__(self, _conn: Connection) -> str:
        self.ran.append(self.name)
        return self.name


async def test_an_urgent_write_passes_those_that_wait(connections: Connections) -> None:
    scribe = Scribe()
    async with asyncio.TaskGroup() as group:
        group.create_task(connections.write(scribe.hold))
        await asyncio.to_thread(scribe.begun.wait, 10)
        for name in ("first", "second", "third"):
            group.create_task(connections.write(scribe.note(name)))
        await asyncio.sleep(0)  # all of them wait now
        group.create_task(connections.write(scribe.note("urgent"), urgent=True))
        await asyncio.sleep(0)
        scribe.go.set()
    assert scribe.ran == ["urgent", "first", "second", "third"]


async def test_a_caller_who_leaves_holds_nobody_up(connections: Connections) -> None:
    scribe = Scribe()
    leaving = asyncio.create_task(connections.write(scribe.hold))
    await asyncio.to_thread(scribe.begun.wait, 10)
    waiting = asyncio.create_task(connections.write(scribe.note("behind")))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    scribe.go.set()
    assert await waiting == "behind"


async def test_closing_waits_for_what_was_begun(connections: Connections) -> None:
    scribe = Scribe()
    held = asyncio.create_task(connections.write(scribe.hold))
    await asyncio.to_thread(scribe.begun.wait, 10)
    closing = asyncio.create_task(connections.close())
    await asyncio.sleep(0)
    assert not closing.done()
    scribe.go.set()
    await closing
    await held
    assert await connections.read(scribe.note("opened anew")) == "opened anew"
