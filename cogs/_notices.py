"""Tells people who pressed **Notify me** that a job is over, each once. Called by delivery.py.

A public job gets one short reply under its result that mentions exactly those people; a private
one a direct message to its person. The nonce keeps a repeated try from showing twice.
"""

from typing import Any

import discord
import structlog

from bot.client import HugOps
from bot.core.jobs import Job, Status
from bot.core.watching import Watch
from cogs._format import code, quote
from cogs._wire import LINE_ERRORS, NO_HISTORY, Meaning, code_of, in_short, meaning_of

AT_ONCE = 10
MOST_MENTIONED = 50
_ENDS = {Status.DONE: "✅ **Done**", Status.CANCELLED: "🚫 **Cancelled**"}

log = structlog.stdlib.get_logger(__name__)


class Notices:
    """Posts them."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._telling = False

    async def tell_due(self) -> None:
        """All that are due, unless that is being done already; trouble leaves one for later."""
        if self._telling:
            return
        self._telling = True
        try:
            await self._tell_each()
        finally:
            self._telling = False

    async def _tell_each(self) -> None:
        watching = self._client.app.card.watching
        for watch in await watching.due(AT_ONCE):
            if await self._told(watch):
                await watching.told(watch, MOST_MENTIONED)

    async def _told(self, watch: Watch) -> bool:
        """Whether it was told or never can be: who left, or closed their messages, is no error."""
        if not watch.untold:
            return True
        try:
            await (self._by_dm(watch) if watch.job.request.private else self._by_reply(watch))
        except LINE_ERRORS as error:
            log.info("Not notified", action="notify", job=watch.job.key, error=in_short(error))
            return meaning_of(error) is not Meaning.LATER
        return True

    async def _by_reply(self, watch: Watch) -> None:
        try:
            await self._post(watch, as_reply=True)
        except discord.HTTPException as error:
            if code_of(error) != NO_HISTORY:
                raise
            await self._post(watch, as_reply=False)

    async def _post(self, watch: Watch, *, as_reply: bool) -> None:
        people = [discord.Object(user_id) for user_id in watch.untold[:MOST_MENTIONED]]
        channel = self._client.get_partial_messageable(
            watch.job.channel_id, guild_id=watch.job.guild_id
        )
        result = channel.get_partial_message(watch.posted.message_id)
        under: dict[str, Any] = {}
        if as_reply and watch.posted.message_id:
            under = {"reference": result.to_reference(fail_if_not_exists=False)}
        await channel.send(
            f"{' '.join(f'<@{person.id}>' for person in people)} {_said(watch.job)}",
            nonce=_nonce(watch.job, people[0].id),
            mention_author=False,
            **under,
            allowed_mentions=discord.AllowedMentions(
                everyone=False, roles=False, replied_user=False, users=people
            ),
        )

    async def _by_dm(self, watch: Watch) -> None:
        channel = await self._client.create_dm(discord.Object(watch.job.user_id))
        await channel.send(
            f"{_said(watch.job)}\nSee it with `/jobs show job:{watch.job.key}`.",
            nonce=_nonce(watch.job, watch.job.user_id),
            allowed_mentions=discord.AllowedMentions.none(),
        )


def _said(job: Job) -> str:
    end = _ENDS.get(job.status, "❌ **Over without a picture**")
    return f"{end}: {quote(job.request.prompt, 100)} · job {code(job.key)}"


def _nonce(job: Job, first_id: int) -> str:
    """One for each batch, by the first who is called in it."""
    return f"notify-{job.key}-{first_id % 10**8}"
