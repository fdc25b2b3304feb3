"""Sharing one's own private picture with a channel. Called by cogs/sharing.py."""

from bot.core.access import Actor, ChannelId
from bot.core.card_ports import Shares
from bot.core.errors import UnknownJob
from bot.core.jobs import Job, JobKey
from bot.core.outbox import Posted
from bot.core.ports import Queue
from bot.services.permissions import Permissions


class Sharing:
    """Who may share what, and what was shared. `begin` comes before the post, `done` after it."""

    def __init__(self, shares: Shares, queue: Queue, permissions: Permissions) -> None:
        self._shares = shares
        self._queue = queue
        self._permissions = permissions

    async def find(self, key: JobKey, actor: Actor) -> Job:
        """The actor's own private job in this server, and where it was shared.

        Raises UnknownJob, also for admins, and as `Permissions.admit`.
        """
        await self._permissions.admit(actor)
        job = await self._queue.job(key)
        if job is None or job.guild_id != actor.guild_id or job.user_id != actor.user_id:
            raise UnknownJob(key=key)
        if not job.request.private:
            raise UnknownJob(key=key)
        return job

    async def begin(self, job: Job, channel_id: ChannelId) -> None:
        """Write down that a post of it may stand there from now on."""
        await self._shares.begin(job.id, channel_id)

    async def done(self, job: Job, posted: Posted) -> None:
        """It stands there; from now on others may go on from it (see Generation)."""
        await self._shares.done(job.id, posted.channel_id, posted.message_id)
