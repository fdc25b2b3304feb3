"""Posts of private pictures that their people shared: made, found again, taken away.

Called by sharing.py, and by the families that delete pictures.
"""

import discord
import structlog

from bot.client import HugOps
from bot.core.access import ChannelId
from bot.core.jobs import Job, MessageId
from bot.core.outbox import Posted
from cogs._fitting import SMALLER_PARTS, Fitted, fit, upload_max
from cogs._ladder import NO_MENTIONS, find_told
from cogs._replies import shared_card
from cogs._views import result_row
from cogs._wire import LINE_ERRORS, Meaning, in_short, meaning_of

log = structlog.stdlib.get_logger(__name__)


async def post(
    client: HugOps, job: Job, data: bytes, channel_id: ChannelId, *, hidden: bool
) -> tuple[Posted, str] | None:
    """Where it stands, and what to say of its size; None when it is too large for the channel.

    Raises LINE_ERRORS.
    """
    most, refused = upload_max(client, job), 0
    for part in (1, *SMALLER_PARTS):
        room = refused // part or most
        fitted = await fit(client.app, job, data, room, hidden=hidden, known=not refused)
        if fitted is None:
            return None
        try:
            return await _send(client, job, channel_id, fitted), fitted.note
        except LINE_ERRORS as error:
            if meaning_of(error) is not Meaning.TOO_LARGE:
                raise
            refused = refused or len(fitted.data)
    return None


async def _send(client: HugOps, job: Job, channel_id: ChannelId, fitted: Fitted) -> Posted:
    """The nonce has Discord show it once for some minutes; later `find` looks."""
    channel = client.get_partial_messageable(channel_id, guild_id=job.guild_id)
    message = await channel.send(
        f"📣 Shared by <@{job.user_id}>",
        embed=shared_card(job, fitted.looks),
        view=result_row(job.key),
        file=fitted.file(job),
        nonce=f"share-{job.key}",
        allowed_mentions=NO_MENTIONS,
    )
    return Posted(channel_id=channel_id, message_id=MessageId(message.id))


async def find(client: HugOps, job: Job) -> Posted | None:
    """What an earlier try that was cut short left in its channel. Raises LINE_ERRORS to wait."""
    if job.shared_in is None:
        return None
    channel = client.get_partial_messageable(job.shared_in, guild_id=job.guild_id)
    try:
        message = await find_told(client, channel, job.key)
    except LINE_ERRORS as error:
        if meaning_of(error) is Meaning.LATER:
            raise
        return None
    if message is None:
        return None
    return Posted(channel_id=job.shared_in, message_id=MessageId(message.id))


async def stands(client: HugOps, job: Job) -> bool:
    """Whether the post is still there, as far as we can see."""
    message = _message(client, job)
    try:
        if message:
            await message.fetch()
    except discord.NotFound:
        return False
    except LINE_ERRORS as error:
        log.info("Could not look", action="share", job=job.key, error=in_short(error))
    return True


async def take_away(client: discord.Client, job: Job, pressed: discord.Message | None) -> None:
    """Delete the post of a picture that was deleted elsewhere than under it; best effort."""
    message = _message(client, job)
    if message is None or (pressed and pressed.id == message.id):
        return
    try:
        await message.delete()
    except LINE_ERRORS as error:
        log.info("A post stays", action="share", job=job.key, error=in_short(error))


def _message(client: discord.Client, job: Job) -> discord.PartialMessage | None:
    if job.shared_in is None or job.shared_as is None:
        return None
    channel = client.get_partial_messageable(job.shared_in, guild_id=job.guild_id)
    return channel.get_partial_message(job.shared_as)
