"""Asking for pictures and thinking again: what stands behind /imagine, /jobs and the buttons.

Nothing here waits for Hugging Face; the dispatcher does. Called by cogs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.core.access import Actor, Role, Sees
from bot.core.checks import STEPS_MAX, Lowered, Wish, check, conform, default_model
from bot.core.errors import NotAllowed, SharedOnly, TooLate, UnknownJob
from bot.core.fairness import weight_of
from bot.core.jobs import Job, JobKey, Origin, Request
from bot.core.ports import Media, Queue
from bot.core.queue import Draft, Place, Snapshot, places
from bot.core.records import Use
from bot.core.spool import note_name
from bot.services.changes import Changes
from bot.services.permissions import Permissions


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """The proof that a job is in the queue: the job, its place, and the caps that were applied."""

    job: Job
    place: Place | None
    snapshot: Snapshot
    lowered: Sequence[Lowered] = ()


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """All there is to know about one job."""

    ticket: Ticket
    attempts: Sequence[Use]


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Where fresh keys and seeds come from, and the default model."""

    key: Callable[[], JobKey]
    seed: Callable[[], int]
    model: str


class Generation:
    """Submit, reroll, edit, cancel, delete, show."""

    def __init__(
        self,
        queue: Queue,
        media: Media,
        permissions: Permissions,
        changes: Changes,
        draws: Draws,
        wake: Callable[[], None],
    ) -> None:
        self._queue = queue
        self._media = media
        self._permissions = permissions
        self._changes = changes
        self._draws = draws
        self._wake = wake

    async def submit(self, wish: Wish, origin: Origin, actor: Actor) -> Ticket:
        """Check a wish and queue it. Raises Refused, Unavailable."""
        role = await self._permissions.admit(actor)
        request, lowered = await self._check(wish, actor)
        ticket = await self._enqueue(request, origin, role)
        return replace(ticket, lowered=[*lowered, *ticket.lowered])

    async def reroll(
        self, key: JobKey, origin: Origin, actor: Actor, *, aloud: bool = False
    ) -> Ticket:
        """The same request with a fresh seed, for whoever asks.

        `aloud` says that it was asked where all can see: then a picture that was shared is made
        again as its card shows it, also for its own person, and for all to see.
        """
        role = await self._permissions.admit(actor)
        job = await self._open(key, actor)
        request = job.request.shown() if aloud and job.shared else job.request
        fresh = request.with_seed(self._draws.seed())
        return await self._enqueue(fresh, origin, role, parent=job)

    async def retry(
        self, key: JobKey, origin: Origin, actor: Actor, *, own: bool = False
    ) -> Ticket:
        """The very same request once more; `own` refuses what somebody else asked for."""
        role = await self._permissions.admit(actor)
        job = await self._seen(key, actor)
        if own and job.user_id != actor.user_id:
            raise UnknownJob(key=key)
        return await self._enqueue(job.request, origin, role, parent=job)

    async def edit(
        self, key: JobKey, wish: Wish, origin: Origin, actor: Actor, *, private: bool | None
    ) -> Ticket:
        """A job with what was changed in `wish`, and the rest as it was; `private` None: likewise.

        Raises Refused, Unavailable.
        """
        role = await self._permissions.admit(actor)
        job = await self._open(key, actor)
        old = job.request
        whole = replace(
            wish,
            steps=old.steps,
            guidance=old.guidance,
            spoiler=old.spoiler,
            private=old.private if private is None else private,
        )
        request, lowered = await self._check(whole, actor)
        ticket = await self._enqueue(request, origin, role, parent=job)
        return replace(ticket, lowered=[*lowered, *ticket.lowered])

    async def look(self, key: JobKey, actor: Actor) -> Job:
        """One job in short, for who may see it or what was shared of it."""
        await self._permissions.admit(actor)
        return await self._open(key, actor)

    async def cancel(self, key: JobKey, actor: Actor) -> Job:
        """Withdraw a job: one's own, or anybody's as an operator. Raises TooLate."""
        role = await self._permissions.admit(actor)
        job = await self._seen(key, actor, role=role, sees=Role.OPERATOR)
        if job.user_id != actor.user_id and role < Role.OPERATOR:
            raise NotAllowed(action="Cancel", needs=Role.OPERATOR)
        cancelled = await self._queue.cancel(job.id)
        self._changed(cancelled)
        return cancelled

    async def cancel_mine(self, actor: Actor) -> Sequence[Job]:
        """Withdraw all of one's own jobs in this server that were not sent yet."""
        await self._permissions.admit(actor)
        mine = await self._queue.open_jobs(actor.user_id)
        cancelled: list[Job] = []
        for job in mine:
            if job.guild_id != actor.guild_id:
                continue
            try:
                cancelled.append(await self._queue.cancel(job.id))
            except TooLate:
                continue
            self._changed(job)
        return cancelled

    async def delete(self, key: JobKey, actor: Actor) -> Job:
        """Forget the picture of a job: the requester, an admin, who manages the messages there."""
        role = await self._permissions.admit(actor)
        job = await self._open(key, actor, role)
        here = actor.channel_id in {job.channel_id, job.shared_in} - {None}
        moderates = (actor.manages_messages and here) or role >= Role.ADMIN
        if job.user_id != actor.user_id and not moderates:
            raise NotAllowed(action="Delete", needs=Role.ADMIN)
        if job.result and job.result.media:
            await self._media.delete(job.result.media)
            await self._media.delete(note_name(job.result.media))
            await self._queue.forget_media(job.id)
        return job

    async def is_deleted(self, job: Job) -> bool:
        """Whether the picture of a finished job has been forgotten meanwhile."""
        now = await self._queue.job(job.key)
        return now is None or now.result is None or now.result.media is None

    async def show(self, key: JobKey, actor: Actor, sees: Sees | None = None) -> Dossier:
        """One job in full: one's own, a public one of this server, any as an admin.

        `sees` limits a key that was typed to the channels the person may look into; a button is
        pressed only where it can be seen.
        """
        role = await self._permissions.admit(actor)
        job = await self._seen(key, actor, role=role)
        elsewhere = sees is not None and not sees(job.channel_id)
        if elsewhere and job.user_id != actor.user_id and role < Role.ADMIN:
            raise UnknownJob(key=key)
        snapshot = await self._queue.snapshot()
        ticket = Ticket(job=job, place=places(snapshot).get(job.id), snapshot=snapshot)
        return Dossier(ticket=ticket, attempts=await self._queue.history(job.id))

    async def picture(self, job: Job) -> bytes | None:
        """The bytes of a finished job; None once they are gone."""
        if job.result is None or job.result.media is None:
            return None
        return await self._media.load(job.result.media)

    async def _check(self, wish: Wish, actor: Actor) -> tuple[Request, list[Lowered]]:
        rules = await self._permissions.rules(actor.guild_id)
        return check(
            wish,
            default_model=default_model(rules, self._draws.model),
            fresh_seed=self._draws.seed(),
            most_steps=rules.most_steps or STEPS_MAX,
        )

    async def _enqueue(
        self, request: Request, origin: Origin, role: Role, parent: Job | None = None
    ) -> Ticket:
        """Every way to a new job ends here, so the server's rules are applied here."""
        rules = await self._permissions.rules(origin.guild_id)
        request, lowered = conform(request, rules, age_restricted=origin.age_restricted)
        draft = Draft(
            key=self._draws.key(),
            idem=str(origin.interaction_id),
            request=request,
            origin=origin,
            weight=weight_of(role),
            parent_key=parent.key if parent else None,
            exempt=role >= Role.ADMIN,
        )
        job, snapshot = await self._queue.submit(draft)
        self._changed(job)
        place = places(snapshot).get(job.id)
        return Ticket(job=job, place=place, snapshot=snapshot, lowered=lowered)

    async def _seen(
        self, key: JobKey, actor: Actor, role: Role = Role.MEMBER, sees: Role = Role.ADMIN
    ) -> Job:
        """The job, unless it is of another server, or private and `role` is below `sees`."""
        job = await self._here(key, actor)
        if job.request.private and job.user_id != actor.user_id and role < sees:
            raise SharedOnly if job.shared else UnknownJob(key=key)
        return job

    async def _open(self, key: JobKey, actor: Actor, role: Role = Role.MEMBER) -> Job:
        """As `_seen`; of what was shared, others get a job that holds what its card shows."""
        job = await self._here(key, actor)
        if job.shared and job.user_id != actor.user_id:
            return replace(job, request=job.request.shown())
        return await self._seen(key, actor, role=role)

    async def _here(self, key: JobKey, actor: Actor) -> Job:
        job = await self._queue.job(key)
        if job is None or job.guild_id != actor.guild_id:
            raise UnknownJob(key=key)
        return job

    def _changed(self, job: Job) -> None:
        self._changes.note(job.key)
        self._wake()
