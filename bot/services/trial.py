"""One real picture on trial, behind `/admin doctor deep`: an ordinary private job like any other.

It waits its turn, takes a slot and is in the books. Called by cogs/admin.py.
"""

import asyncio
from datetime import timedelta

from bot.core import checkup
from bot.core.access import Actor
from bot.core.checks import Wish
from bot.core.checkup import Check
from bot.core.jobs import JobKey, Origin, Size
from bot.core.ports import Clock, Queue
from bot.services.generation import Generation, Ticket
from bot.services.permissions import Permissions

LOOK_AGAIN = timedelta(seconds=0.5)
LOOKS = 80
WISH = Wish(prompt="a small red dot on white", size=Size.SQUARE_512.value, private=True)


class Trial:
    """Asks for the smallest picture and says what became of it."""

    def __init__(
        self,
        generation: Generation,
        queue: Queue,
        permissions: Permissions,
        clock: Clock,
        looks: int = LOOKS,
    ) -> None:
        self._generation = generation
        self._queue = queue
        self._permissions = permissions
        self._clock = clock
        self._looks = looks

    async def begin(self, origin: Origin, actor: Actor) -> Ticket:
        """Queue it for whoever may spend the token's slots. Raises Refused, Unavailable."""
        await self._permissions.require_for_token(actor, "/admin doctor deep")
        return await self._generation.submit(WISH, origin, actor)

    async def outcome(self, key: JobKey) -> Check:
        """How it ended, or that it still waits after some forty seconds. Raises Unavailable."""
        for _ in range(self._looks):
            job = await self._queue.job(key)
            if job is not None and job.status.final:
                return checkup.of_trial(job)
            await self._clock.wait(asyncio.Event(), LOOK_AGAIN)
        return checkup.of_waiting_trial()
