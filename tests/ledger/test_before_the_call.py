"""What the ledger holds at the moment a call leaves and at the moment its answer is settled."""

import asyncio
from typing import Any

from bot.core.jobs import Picture, Request, Status
from bot.ledger.tables import job
from bot.services.changes import Changes
from bot.services.dispatcher import Dispatcher, Shift
from tests.factories import make_picture
from tests.ledger.office import LEASE, Office, open_office


class Witness:
    """A painter that reads the ledger, as another process, while it is called."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.seen: list[dict[str, Any]] = []
        self.called = asyncio.Event()

    async def paint(self, request: Request) -> Picture:
        path = self._office.database.path
        assert path
        async with open_office(path, self._office.clock, owner="witness") as other:
            self.seen += await other.rows(job)
        self.called.set()
        return make_picture(request.prompt.encode())


async def test_a_call_leaves_only_after_its_mark_is_in_the_ledger(office: Office) -> None:
    await office.submit()
    witness = Witness(office)
    shift = Shift(owner="worker", lease=LEASE)
    dispatcher = Dispatcher(office.queue, witness, office.media, office.clock, Changes(), shift)
    async with asyncio.TaskGroup() as group:
        group.create_task(dispatcher.run())
        await witness.called.wait()
        dispatcher.drain()
    assert [row["state"] for row in witness.seen] == ["sent"]
    finished = await office.job()
    assert finished.status is Status.DONE
    assert finished.result
    assert finished.result.media
    assert await office.media.load(finished.result.media) == b"a lighthouse at dawn"
    assert await office.broken() == []
