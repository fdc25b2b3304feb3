"""Telling whoever asked when a job is over. Called by cogs/jobs.py and cogs/delivery.py."""

from collections.abc import Callable, Sequence

from bot.core.access import Actor
from bot.core.card_ports import Watchers
from bot.core.errors import TooLate
from bot.core.jobs import JobKey
from bot.core.watching import Watch
from bot.services.generation import Generation


class Watching:
    """Who waits for what. `wake` is called when there may be something to tell."""

    def __init__(
        self, watchers: Watchers, generation: Generation, wake: Callable[[JobKey], None]
    ) -> None:
        self._watchers = watchers
        self._generation = generation
        self._wake = wake

    async def toggle(self, key: JobKey, actor: Actor) -> bool:
        """Whether the actor is told of this job from now on. Raises TooLate, UnknownJob."""
        job = await self._generation.look(key, actor)
        if job.status.final:
            raise TooLate(key=key, state=job.status.value)
        watches = await self._watchers.toggle(job.id, actor.user_id)
        self._wake(key)
        return watches

    async def due(self, limit: int) -> Sequence[Watch]:
        """What has to be told now."""
        return await self._watchers.due(limit)

    async def told(self, watch: Watch, most: int) -> None:
        """Told, or never to be told: the first `most` of those who wait; the others are next."""
        later = set(watch.untold[most:])
        done = [user_id for user_id in watch.user_ids if user_id not in later]
        await self._watchers.told(watch.job.id, done)
