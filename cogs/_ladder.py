"""The ways a result can reach its person, one below the other. Called by delivery.py.

    public   the card, while young ──> the channel ──> the card, while its token lives ──> a DM
    private  the card, while its token lives ──> a DM              (never the channel)

A way that is closed for good leads to the next; trouble on the line is raised, to be tried again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import discord
import structlog

from bot.core.access import ChannelId
from bot.core.jobs import Job, JobKey, MessageId
from bot.core.outbox import Delivery, Posted
from cogs._fitting import Fitted
from cogs._replies import moved_card, told_footers
from cogs._share_words import how_to_share
from cogs._views import press_id
from cogs._wire import (
    LINE_ERRORS,
    NO_HISTORY,
    Meaning,
    code_of,
    in_short,
    is_token_gone,
    meaning_of,
)

YOUNG = timedelta(seconds=60)  # an edit notifies nobody, so an older card is answered anew
LOOKED_THROUGH = 50
NONCE_MAX = 25
NO_MENTIONS = discord.AllowedMentions.none()
_ORIGINAL = cast("int", "@original")  # the library puts it into the address as it is

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is to be told: a card, and the picture when there is one."""

    job: Job
    card: discord.Embed
    row: discord.ui.View | None = None
    picture: Fitted | None = None

    def files(self) -> list[discord.File]:
        """The picture, readable once."""
        return [self.picture.file(self.job)] if self.picture else []


Rung = Callable[[Delivery, Parcel], Awaitable[Posted]]


class Ladder:
    """Posts on behalf of the bot."""

    def __init__(self, client: discord.Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._dead: set[JobKey] = set()

    def reachable(self, delivery: Delivery) -> bool:
        """Whether the token of the card still lives."""
        lives = delivery.token is not None and self._now() < delivery.token_ends_at
        return lives and delivery.job.key not in self._dead

    def forget(self, key: JobKey) -> None:
        """The job was told; nothing about it has to be remembered."""
        self._dead.discard(key)

    async def tell(self, delivery: Delivery, parcel: Parcel) -> Posted | None:
        """Where it was told, None when every way is closed. Raises LINE_ERRORS."""
        if delivery.began_at and not delivery.job.request.private:
            told = await self._told_here(delivery)
            if told:
                return told
        for rung in self._rungs(delivery):
            try:
                return await rung(delivery, parcel)
            except LINE_ERRORS as error:
                if meaning_of(error) is not Meaning.NO_WAY:
                    raise
                log.info(
                    "A way is closed",
                    action="deliver",
                    job=delivery.job.key,
                    way=rung.__name__.strip("_"),
                    error=in_short(error),
                )
        return None

    def _rungs(self, delivery: Delivery) -> list[Rung]:
        card: list[Rung] = [self._on_card] if self.reachable(delivery) else []
        if delivery.job.request.private:
            return [*card, self._by_dm]
        if self._now() - delivery.job.created_at < YOUNG:
            return [*card, self._in_channel, self._by_dm]
        return [self._in_channel, *card, self._by_dm]

    async def edit_card(
        self, delivery: Delivery, card: discord.Embed, row: discord.ui.View | None
    ) -> None:
        """Change the card of a job, by its token or as a message of ours. Raises LINE_ERRORS."""
        change: dict[str, Any] = {
            "embed": card,
            "view": row,
            "attachments": [],
            "allowed_mentions": NO_MENTIONS,
        }
        if self.reachable(delivery):
            try:
                await self._webhook(delivery).edit_message(_ORIGINAL, **change)
            except discord.HTTPException as error:
                if not self._is_dead(delivery, error):
                    raise
            else:
                return
        if delivery.card_id and not delivery.job.request.private:
            message = self._channel(delivery.job).get_partial_message(delivery.card_id)
            await message.edit(**change)

    def _is_dead(self, delivery: Delivery, error: Exception) -> bool:
        """Note a token that Discord no longer takes: asking again could get the bot banned."""
        dead = is_token_gone(error)
        if dead:
            self._dead.add(delivery.job.key)
        return dead

    async def _on_card(self, delivery: Delivery, parcel: Parcel) -> Posted:
        try:
            message = await self._webhook(delivery).edit_message(
                _ORIGINAL,
                embed=parcel.card,
                view=parcel.row,
                attachments=parcel.files(),
                allowed_mentions=NO_MENTIONS,
            )
        except discord.HTTPException as error:
            self._is_dead(delivery, error)
            raise
        return Posted(channel_id=delivery.job.channel_id, message_id=MessageId(message.id))

    async def _in_channel(self, delivery: Delivery, parcel: Parcel) -> Posted:
        try:
            message = await self._post(delivery, parcel, as_reply=True)
        except discord.HTTPException as error:
            if code_of(error) != NO_HISTORY:
                raise
            message = await self._post(delivery, parcel, as_reply=False)
        await self._leave_a_pointer(delivery, message)
        return Posted(channel_id=delivery.job.channel_id, message_id=MessageId(message.id))

    async def _post(self, delivery: Delivery, parcel: Parcel, *, as_reply: bool) -> discord.Message:
        job = delivery.job
        person = discord.AllowedMentions(
            everyone=False, roles=False, replied_user=False, users=[discord.Object(job.user_id)]
        )
        channel = self._channel(job)
        if as_reply and delivery.card_id:
            card = channel.get_partial_message(delivery.card_id)
            return await channel.send(
                f"<@{job.user_id}>",
                embed=parcel.card,
                view=_some(parcel.row),
                files=parcel.files(),
                nonce=job.key[:NONCE_MAX],
                allowed_mentions=person,
                reference=card.to_reference(fail_if_not_exists=False),
                mention_author=False,
            )
        return await channel.send(
            f"<@{job.user_id}>",
            embed=parcel.card,
            view=_some(parcel.row),
            files=parcel.files(),
            nonce=job.key[:NONCE_MAX],
            allowed_mentions=person,
        )

    async def _leave_a_pointer(self, delivery: Delivery, message: discord.Message) -> None:
        """Best effort: the old card should not look as if the job still waited."""
        try:
            await self.edit_card(delivery, moved_card(delivery.job, message.jump_url), None)
        except LINE_ERRORS as error:
            key = delivery.job.key
            log.info("The old card stays", action="deliver", job=key, error=in_short(error))

    async def _by_dm(self, delivery: Delivery, parcel: Parcel) -> Posted:
        """In a direct message; without buttons, which need a server to be pressed in."""
        job = delivery.job
        channel = await self._client.create_dm(discord.Object(job.user_id))
        if delivery.began_at:
            told = await find_told(self._client, channel, job.key)
            if told:
                return Posted(channel_id=ChannelId(channel.id), message_id=MessageId(told.id))
        shares = job.request.private and parcel.picture is not None
        message = await channel.send(
            how_to_share(job.key) if shares else None,
            embed=parcel.card,
            files=parcel.files(),
            nonce=job.key[:NONCE_MAX],
            allowed_mentions=NO_MENTIONS,
        )
        return Posted(channel_id=ChannelId(channel.id), message_id=MessageId(message.id))

    async def _told_here(self, delivery: Delivery) -> Posted | None:
        """An earlier try may have got through: what it left in the channel, if we may look."""
        job = delivery.job
        try:
            message = await find_told(self._client, self._channel(job), job.key)
        except LINE_ERRORS as error:
            if meaning_of(error) is Meaning.LATER:
                raise
            return None
        if message is None:
            return None
        return Posted(channel_id=job.channel_id, message_id=MessageId(message.id))

    def _channel(self, job: Job) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)

    def _webhook(self, delivery: Delivery) -> discord.Webhook:
        token = delivery.token or ""
        return discord.Webhook.partial(delivery.application_id, token, client=self._client)


async def find_told(
    client: discord.Client, channel: discord.abc.Messageable, key: str
) -> discord.Message | None:
    """Our message among the last in a channel that tells how a job ended. Raises LINE_ERRORS."""
    me = client.user
    async for message in channel.history(limit=LOOKED_THROUGH):
        if me and message.author.id == me.id and tells(message, key):
            return message
    return None


def tells(message: discord.Message, key: str) -> bool:
    """Whether this message of ours tells how the job ended."""
    if message.nonce is not None and str(message.nonce) == key[:NONCE_MAX]:
        return True
    if any(embed.footer.text in told_footers(key) for embed in message.embeds):
        return True
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    ids = [item.custom_id for row in rows for item in row.children]
    return press_id("details", key) in ids


def _some(row: discord.ui.View | None) -> discord.ui.View:
    return discord.utils.MISSING if row is None else row
