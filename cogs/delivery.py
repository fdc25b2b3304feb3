"""No command: the one outbound voice. Tells results from the outbox and keeps the cards true.

A loop of its own waits for changes, begins to tell what is due, then refreshes the cards of jobs
that are not over. A round is over when its cards are, so no card can overwrite the result that
replaced it; results take as long as Discord makes them, and none waits for another.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands, tasks

from bot.client import HugOps
from bot.core.access import Actor
from bot.core.errors import Cause, Unavailable
from bot.core.jobs import JobKey, MessageId, Status
from bot.core.outbox import Delivery, Posted
from bot.core.queue import Snapshot
from cogs import _words
from cogs._alert_posts import AlertVoice
from cogs._answers import whisper
from cogs._card_keeper import CardKeeper
from cogs._fitting import SMALLER_PARTS
from cogs._ladder import Ladder
from cogs._notices import Notices
from cogs._packing import Packer
from cogs._people import actor_of
from cogs._replies import cancelled_card
from cogs._report_posts import ReportVoice
from cogs._wire import LINE_ERRORS, Meaning, in_short, meaning_of

ROUND = timedelta(seconds=5)
NEW_EACH_ROUND = 10
AT_ONCE = 40
CARD_MAY_TAKE = timedelta(seconds=10)  # the first answer is on its way; then nobody waits for it
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)
LAST_WORDS = 2.0  # seconds a closing client still tells what is due
WITHDRAWN = {Cause.CLEARED, Cause.BLOCKED}

log = structlog.stdlib.get_logger(__name__)


class Teller(commands.Cog):
    """Tells people."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._app = client.app
        self._ladder = Ladder(client, client.app.clock.now)
        self._alerts = AlertVoice(client)
        self._packer = Packer(client)
        self._notices = Notices(client)
        self._reports = ReportVoice(client)
        self._keeper = CardKeeper(client.app, self._ladder)
        self._telling: set[JobKey] = set()
        self._closing = False

    async def cog_load(self) -> None:
        """Start telling."""
        self._work.start()

    async def cog_unload(self) -> None:
        """Stop after the present round, with a last look at what is due."""
        self._closing = True
        self._app.changes.event.set()
        running = self._work.get_task()
        if running:
            await asyncio.wait({running}, timeout=LAST_WORDS)
            self._work.cancel()
            await asyncio.wait({running})
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS), asyncio.TaskGroup() as posts:
                await _safely(self._tell_due(posts))

    @commands.Cog.listener()
    async def on_app_command_completion(
        self,
        interaction: discord.Interaction,
        command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu,
    ) -> None:
        """A person is here: tell what found no way to them."""
        if interaction.guild_id is None:
            return
        await _safely(self._tell_kept(interaction, actor_of(interaction)))

    @tasks.loop(count=1)
    async def _work(self) -> None:
        async with asyncio.TaskGroup() as posts:
            while not self._closing:
                await self._app.clock.wait(self._app.changes.event, ROUND)
                self._app.changes.take()
                await _safely(self._tell_due(posts))
                if self._alerts.owes:
                    posts.create_task(_safely(self._alerts.tell(None)))
                posts.create_task(_safely(self._notices.tell_due()))
                posts.create_task(_safely(self._reports.tell_due()))
                await _safely(self._keeper.refresh())

    async def _tell_kept(self, interaction: discord.Interaction, actor: Actor) -> None:
        kept = await self._app.outbox.kept(actor.user_id, actor.guild_id)
        if kept:
            await whisper(interaction, _words.told_late([job.key for job in kept]))

    async def _tell_due(self, posts: asyncio.TaskGroup) -> None:
        """Begin to tell what is due and not being told yet."""
        busy = frozenset(self._telling)  # before the look: it may show them as they were
        room = min(NEW_EACH_ROUND, AT_ONCE - len(busy))
        if room == 0:
            return
        due = await self._app.outbox.due(len(busy) + room)
        fresh = [delivery for delivery in due if delivery.job.key not in busy]
        if not fresh:
            return
        snapshot = (await self._app.usage.lane()).snapshot
        for delivery in fresh:
            self._telling.add(delivery.job.key)
            posts.create_task(_safely(self._tell(delivery, snapshot)))

    async def _tell(self, delivery: Delivery, snapshot: Snapshot) -> None:
        try:
            await self._tell_one(delivery, snapshot)
        finally:
            self._telling.discard(delivery.job.key)

    async def _tell_one(self, delivery: Delivery, snapshot: Snapshot) -> None:
        """One result, with as many tries as it takes."""
        age = self._app.clock.now() - delivery.job.created_at
        if delivery.card_id is None and timedelta() <= age < CARD_MAY_TAKE:
            return
        try:
            posted = await self._attempt(delivery, snapshot)
        except (Unavailable, *LINE_ERRORS) as error:
            log.warning(
                "Not told yet", action="deliver", job=delivery.job.key, error=in_short(error)
            )
            await self._app.outbox.retry(delivery, _backoff(delivery.tries))
            return
        except Exception:
            log.exception("Could not tell", action="deliver", job=delivery.job.key)
            await self._app.outbox.retry(delivery, LONGEST_RETRY)
            return
        await _safely(self._alerts.tell(delivery.job.cause))
        await self._app.outbox.done(delivery, posted)
        self._ladder.forget(delivery.job.key)
        self._app.changes.note(delivery.job.key)  # whoever asked is told in the next round
        log.info("Told" if posted else "Kept", action="deliver", job=delivery.job.key)

    async def _attempt(self, delivery: Delivery, snapshot: Snapshot) -> Posted | None:
        if delivery.job.status is Status.CANCELLED:
            return await self._mark_cancelled(delivery)
        parcel = await self._packer.pack(delivery, snapshot)
        await self._app.outbox.begin(delivery)
        try:
            return await self._ladder.tell(delivery, parcel)
        except LINE_ERRORS as error:
            if meaning_of(error) is not Meaning.TOO_LARGE or parcel.picture is None:
                raise
            return await self._smaller(delivery, snapshot, len(parcel.picture.data))

    async def _smaller(self, delivery: Delivery, snapshot: Snapshot, refused: int) -> Posted | None:
        """Discord found `refused` bytes too many whatever we had reckoned: smaller, then words."""
        for part in SMALLER_PARTS:
            parcel = await self._packer.pack(delivery, snapshot, refused // part)
            try:
                return await self._ladder.tell(delivery, parcel)
            except LINE_ERRORS as error:
                if meaning_of(error) is not Meaning.TOO_LARGE:
                    raise
        return await self._ladder.tell(delivery, await self._packer.pack_words(delivery))

    async def _mark_cancelled(self, delivery: Delivery) -> Posted | None:
        """Only the card says it; None: an admin cancelled, and the card can no longer say so."""
        job = delivery.job
        if job.cause in WITHDRAWN and job.request.private and not self._ladder.reachable(delivery):
            return None
        try:
            await self._ladder.edit_card(delivery, cancelled_card(job), None)
        except LINE_ERRORS as error:
            log.info("A card was not edited", action="card", job=job.key, error=in_short(error))
        return Posted(channel_id=job.channel_id, message_id=delivery.card_id or MessageId(0))


def _backoff(tries: int) -> timedelta:
    return min(FIRST_RETRY * 2 ** min(tries, 10), LONGEST_RETRY)


async def _safely(step: Coroutine[Any, Any, None]) -> None:
    """Nothing that goes wrong with one message may stop the others."""
    try:
        await step
    except Unavailable as error:
        log.warning("The ledger did not answer", action="deliver", reason=error.reason)
    except Exception:
        log.exception("A delivery failed on our side", action="deliver")


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Teller(client))
