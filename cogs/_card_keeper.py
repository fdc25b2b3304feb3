"""Keeps the cards of open jobs up to date, best effort. Called by delivery.py once a round.

A card is edited only when what it says has changed, at most every five seconds; the moment a job
is sent is shown at once. The counting down is done by the reader's own client.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.app import App
from bot.core.jobs import Job, JobKey, Status
from bot.core.servers import QueueHold
from bot.core.windows import Limit
from bot.services.generation import Ticket
from bot.services.usage import Line
from cogs._ladder import Ladder
from cogs._replies import queue_card, working_card
from cogs._views import queue_row
from cogs._wire import LINE_ERRORS, in_short

EDIT_MAY_TAKE = 4.0  # seconds
REST_BETWEEN_EDITS = timedelta(seconds=5)
WORTH_AN_EDIT = timedelta(seconds=45)  # a smaller change of the estimate is not

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Face:
    """What a card says, as far as a change of it is worth an edit."""

    status: Status
    tries: int
    position: int | None
    of: int | None
    held_by: Limit | None
    resting: bool
    hold: QueueHold
    starts_at: datetime | None

    def differs(self, other: "Face") -> bool:
        """Whether a reader of `other` would be told something new."""
        if self.starts_at and other.starts_at:
            moved = abs(self.starts_at - other.starts_at) > WORTH_AN_EDIT
        else:
            moved = self.starts_at is not other.starts_at
        return moved or self._rest() != other._rest()

    def _rest(self) -> tuple[object, ...]:
        place = (self.position, self.of, self.held_by, self.resting, self.hold)
        return self.status, self.tries, place


class CardKeeper:
    """Remembers what each card says."""

    def __init__(self, app: App, ladder: Ladder) -> None:
        self._app = app
        self._ladder = ladder
        self._shown: dict[JobKey, tuple[Face, datetime]] = {}

    async def refresh(self) -> None:
        """Edit the cards that no longer tell the truth."""
        line = await self._app.usage.lane()
        open_keys = {job.key for job in line.jobs}
        self._shown = {key: shown for key, shown in self._shown.items() if key in open_keys}
        async with asyncio.TaskGroup() as edits:
            for job in line.jobs:
                if self._is_stale(job, line):
                    edits.create_task(self._edit(job, line))

    def _is_stale(self, job: Job, line: Line) -> bool:
        now, face = self._app.clock.now(), _face(job, line)
        shown = self._shown.get(job.key)
        waits = job.status is Status.QUEUED
        if shown is None:
            if waits and abs(now - job.created_at) < REST_BETWEEN_EDITS:
                self._shown[job.key] = (face, now)  # its first card has just said this
                return False
            return True
        same_state = face.status is shown[0].status
        if same_state and abs(now - shown[1]) < REST_BETWEEN_EDITS:
            return False
        return face.differs(shown[0])

    async def _edit(self, job: Job, line: Line) -> None:
        delivery = await self._app.outbox.card(job.key)
        if delivery is None or delivery.card_id is None or delivery.job.status.final:
            return
        self._shown[job.key] = (_face(job, line), self._app.clock.now())
        if not self._ladder.reachable(delivery):
            return
        waits = job.status is Status.QUEUED
        card = queue_card(_ticket(job, line)) if waits else working_card(job)
        row = queue_row(job.key) if waits else None
        try:
            async with asyncio.timeout(EDIT_MAY_TAKE):
                await self._ladder.edit_card(delivery, card, row)
        except LINE_ERRORS as error:
            log.info("A card was not edited", action="card", job=job.key, error=in_short(error))


def _ticket(job: Job, line: Line) -> Ticket:
    return Ticket(job=job, place=line.places.get(job.id), snapshot=line.snapshot)


def _face(job: Job, line: Line) -> Face:
    place = line.places.get(job.id) if job.status is Status.QUEUED else None
    return Face(
        status=Status.SENT if job.status is Status.LEASED else job.status,
        tries=job.tries,
        position=place.position if place else None,
        of=place.of if place else None,
        held_by=place.held_by if place else None,
        resting=line.snapshot.rest is not None,
        hold=line.snapshot.hold_of(job.guild_id),
        starts_at=place.starts_at if place else None,
    )
