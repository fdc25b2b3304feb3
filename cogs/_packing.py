"""What is told of a job that is over, packed to fit the place it goes to. Called by delivery.py."""

import structlog

from bot.app import App
from bot.client import HugOps
from bot.core.errors import Cause, Unavailable
from bot.core.jobs import Job, Result, Status
from bot.core.outbox import Delivery
from bot.core.queue import Snapshot
from bot.core.servers import Showing
from cogs import _rule_words, _words
from cogs._fitting import fit, too_large, upload_max
from cogs._ladder import Parcel
from cogs._people import is_age_restricted
from cogs._replies import failure_card, pictureless_card, result_card
from cogs._views import details_row, failure_row, result_row

STORE_TRIES = 6
GONE = "**Your picture was made, but it is no longer in my store.**"

log = structlog.stdlib.get_logger(__name__)


class Packer:
    """Makes parcels."""

    def __init__(self, client: HugOps) -> None:
        self._client = client

    @property
    def _app(self) -> App:
        return self._client.app

    async def pack(self, delivery: Delivery, snapshot: Snapshot, most: int | None = None) -> Parcel:
        """The card of a job that is over; its picture in at most `most` bytes, as Discord says."""
        job = delivery.job
        if job.status is Status.DONE and job.result:
            return await self._pack_result(delivery, job.result, snapshot, most)
        if job.cause is Cause.OUR_FAULT:
            ref = _words.ref_of(job.key)
            log.error("A job failed on our side", action="deliver", ref=ref, job=job.key)
        card = failure_card(job, self._app.default_model)
        return Parcel(job=job, card=card, row=failure_row(job))

    async def pack_words(self, delivery: Delivery) -> Parcel:
        """The same when no picture is small enough."""
        picture = await self._picture(delivery)
        return _wordy(delivery.job, self._too_large(delivery.job, picture) if picture else GONE)

    async def _pack_result(
        self, delivery: Delivery, result: Result, snapshot: Snapshot, most: int | None
    ) -> Parcel:
        """The picture as it may appear there now: the channel may have changed meanwhile."""
        job = delivery.job
        channel = self._client.get_channel(job.channel_id)
        here = is_age_restricted(channel)
        shown = await self._app.rules.showing(job, here_restricted=here)
        if shown is not Showing.OPENLY and channel is None and not self._client.is_ready():
            raise Unavailable(what="Discord", reason="the channels are not known yet")
        if shown is Showing.NOT_HERE:
            return _wordy(job, _rule_words.not_shown(job.key))
        picture = await self._picture(delivery)
        if picture is None:
            return _wordy(job, GONE)
        hidden = shown is Showing.BEHIND_SPOILER
        room = most or upload_max(self._client, job)
        fitted = await fit(self._app, job, picture, room, hidden=hidden, known=most is None)
        if fitted is None:
            return _wordy(job, self._too_large(job, picture))
        card = result_card(job, result, snapshot, fitted.note)
        row = result_row(job.key, share=job.request.private)
        return Parcel(job=job, card=card, row=row, picture=fitted)

    async def _picture(self, delivery: Delivery) -> bytes | None:
        """The bytes; a store that stays unusable counts as one that lost them."""
        try:
            return await self._app.generation.picture(delivery.job)
        except Unavailable:
            if delivery.tries < STORE_TRIES:
                raise
            return None

    def _too_large(self, job: Job, picture: bytes) -> str:
        return too_large(self._app, job, picture, upload_max(self._client, job))


def _wordy(job: Job, why: str) -> Parcel:
    return Parcel(job=job, card=pictureless_card(job, why), row=details_row(job.key))
