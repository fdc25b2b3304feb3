"""One read service for every face: /quota, /status, /jobs queue and list, and the model menu.

Called by cogs; changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.access import Actor, Sees
from bot.core.checks import default_model
from bot.core.jobs import Job, JobId, Status
from bot.core.ports import Books, Clock, Queue
from bot.core.queue import Place, Snapshot, places
from bot.core.records import Use
from bot.core.servers import QueueHold, ServerRules
from bot.services.permissions import Permissions

MENU_LIFETIME = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Jobs that are not over, with their places: those that one person may see, or all.

    `others` is how many more wait in the same server.
    """

    jobs: Sequence[Job]
    places: Mapping[JobId, Place]
    snapshot: Snapshot
    others: int = 0
    hold: QueueHold = field(default_factory=QueueHold)  # of the server that is looked at


@dataclass(frozen=True, kw_only=True)
class OwnUse:
    """What a person used in the last hour and day, and the windows everybody shares."""

    hour: Sequence[Use]
    day: Sequence[Use]
    waiting: int
    snapshot: Snapshot


class Usage:
    """Reads for people."""

    def __init__(
        self, queue: Queue, books: Books, permissions: Permissions, clock: Clock, model: str
    ) -> None:
        self._queue = queue
        self._books = books
        self._permissions = permissions
        self._clock = clock
        self._model = model
        self._menus: dict[int, tuple[datetime, Sequence[str]]] = {}

    async def line(self, actor: Actor, *, everyone: bool, sees: Sees | None = None) -> Line:
        """The waiting and running jobs of this server, or one's own of them.

        `sees` leaves out what others asked for in channels the person may not look into.
        """
        await self._permissions.admit(actor)
        jobs = await self._queue.open_jobs(None if everyone else actor.user_id)
        snapshot = await self._queue.snapshot()
        here = [job for job in jobs if _may_see(job, actor, sees)]
        waiting = sum(job.guild_id == actor.guild_id for job in snapshot.waiting)
        shown = sum(job.status is Status.QUEUED for job in here)
        others = max(waiting - shown, 0)
        return Line(
            jobs=here,
            places=places(snapshot),
            snapshot=snapshot,
            others=others,
            hold=snapshot.hold_of(actor.guild_id),
        )

    async def level(self) -> Snapshot:
        """The lane as it stands, for whoever watches the machine and is no person here."""
        return await self._queue.snapshot()

    async def lane(self) -> Line:
        """All jobs that are not over, of every server: for the cards, which each show only one."""
        jobs = await self._queue.open_jobs()
        snapshot = await self._queue.snapshot()
        return Line(jobs=jobs, places=places(snapshot), snapshot=snapshot)

    async def own(self, actor: Actor) -> OwnUse:
        """The actor's use in this server."""
        await self._permissions.admit(actor)
        now = self._clock.now()
        day = await self._books.use(actor.guild_id, actor.user_id, now - timedelta(days=1))
        mine = await self._queue.open_jobs(actor.user_id)
        return OwnUse(
            hour=[use for use in day if use.at > now - timedelta(hours=1)],
            day=day,
            waiting=sum(job.guild_id == actor.guild_id for job in mine),
            snapshot=await self._queue.snapshot(),
        )

    async def snapshot(self, actor: Actor) -> Snapshot:
        """The lane as it stands."""
        await self._permissions.admit(actor)
        return await self._queue.snapshot()

    async def models(self, actor: Actor, typed: str) -> list[str]:
        """The models this server allows, or the default one and those it has used.

        Only those that contain what was typed; nobody is offered what would be refused.
        """
        await self._permissions.admit(actor)
        rules = await self._permissions.rules(actor.guild_id)
        menu = _usual_first(rules, self._model) if rules.models else await self._menu(actor)
        wanted = typed.casefold().strip()
        return [model for model in menu if wanted in model.casefold()][:25]

    async def _menu(self, actor: Actor) -> Sequence[str]:
        now = self._clock.now()
        kept = self._menus.get(actor.guild_id)
        if kept and kept[0] > now:
            return kept[1]
        used = await self._books.models(actor.guild_id)
        menu = [self._model, *(model for model in used if model != self._model)]
        self._menus[actor.guild_id] = (now + MENU_LIFETIME, menu)
        return menu


def _usual_first(rules: ServerRules, usual: str) -> Sequence[str]:
    first = default_model(rules, usual)
    return [first, *(model for model in rules.models if model != first)]


def _may_see(job: Job, actor: Actor, sees: Sees | None) -> bool:
    if job.guild_id != actor.guild_id:
        return False
    if job.user_id == actor.user_id:
        return True
    return not job.request.private and (sees is None or sees(job.channel_id))
