"""Looking back: one's own jobs page by page, and what came of a job. Called by cogs/jobs.py."""

from collections.abc import Sequence

from bot.core.access import Actor, Role, UserId
from bot.core.card_ports import History
from bot.core.history import HistoryPage, Stage, Wanted
from bot.core.jobs import Job, JobKey
from bot.core.ports import Queue
from bot.services.permissions import Permissions

PAGE = 5
LAST_PAGE = 2_000


class Looking:
    """Reads of the past."""

    def __init__(self, history: History, queue: Queue, permissions: Permissions) -> None:
        self._history = history
        self._queue = queue
        self._permissions = permissions

    async def page(
        self,
        actor: Actor,
        user_id: UserId | None,
        stage: Stage | None,
        model: str | None,
        page: int,
    ) -> HistoryPage:
        """One's own jobs in this server, or as an admin anybody's. Raises NotAllowed."""
        if user_id in {None, actor.user_id}:
            await self._permissions.admit(actor)
        else:
            await self._permissions.require(actor, Role.ADMIN, "/jobs list user")
        whose = actor.user_id if user_id is None else user_id
        wanted = Wanted(guild_id=actor.guild_id, user_id=whose, stage=stage, model=model)
        number = min(max(page, 1), LAST_PAGE)
        found = await self._history.page(wanted, PAGE + 1, (number - 1) * PAGE)
        return HistoryPage(
            wanted=wanted, entries=found[:PAGE], number=number, more=len(found) > PAGE
        )

    async def model_of(self, actor: Actor, key: JobKey) -> str | None:
        """The model of a job; None when there is none that the actor may see."""
        role = await self._permissions.admit(actor)
        job = await self._queue.job(key)
        return job.request.model if job and _may_see(job, actor, role) else None

    async def children(self, job: Job, actor: Actor) -> Sequence[Job]:
        """What was made again from a job, as far as the actor may see it."""
        role = await self._permissions.admit(actor)
        found = await self._history.children(job.key)
        return [child for child in found if _may_see(child, actor, role)]


def _may_see(job: Job, actor: Actor, role: Role) -> bool:
    if job.guild_id != actor.guild_id:
        return False
    return not job.request.private or job.user_id == actor.user_id or role >= Role.ADMIN
