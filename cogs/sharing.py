"""No command: Share, on one's own private picture. It is posted once, where it was pressed."""

from dataclasses import replace

import discord
import structlog
from discord.ext import commands

from bot.client import HugOps
from bot.core.jobs import Job, JobKey
from bot.core.outbox import Posted
from cogs import _share_words, _shared_posts
from cogs._answers import NO_MENTIONS, begin
from cogs._fitting import hidden_here, too_large, upload_max
from cogs._format import jump_link
from cogs._people import actor_of, origin_of
from cogs._wire import LINE_ERRORS, Meaning, in_short, meaning_of
from cogs._words import PICTURE_GONE

log = structlog.stdlib.get_logger(__name__)


class Sharers(commands.Cog):
    """Shows others what was private."""

    def __init__(self, client: HugOps) -> None:
        self._client = client
        self._app = client.app
        self._busy: set[JobKey] = set()
        client.presses["share"] = self.share

    async def share(self, interaction: discord.Interaction, key: str) -> None:
        """📣 on a private result, by its person only; pressed again it gives the link."""
        await begin(interaction)
        said = await self._one_at_a_time(interaction, JobKey(key))
        await interaction.edit_original_response(content=said, allowed_mentions=NO_MENTIONS)

    async def _one_at_a_time(self, interaction: discord.Interaction, key: JobKey) -> str:
        """Two presses at once, perhaps in two channels, must not post twice."""
        if key in self._busy:
            return _share_words.BEING_SHARED
        self._busy.add(key)
        try:
            job = await self._app.card.sharing.find(key, actor_of(interaction))
            return await self._share(interaction, job)
        except LINE_ERRORS as error:
            log.info("Not shared", action="share", job=key, error=in_short(error))
            closed = meaning_of(error) is Meaning.NO_WAY
            return _share_words.CANNOT_POST if closed else _share_words.NOT_NOW
        finally:
            self._busy.discard(key)

    async def _share(self, interaction: discord.Interaction, job: Job) -> str:
        """What to say of it. Raises LINE_ERRORS, NotShownHere."""
        if job.result is None or job.result.media is None:
            return PICTURE_GONE
        if job.shared_in and job.shared_as:
            link = jump_link(job.guild_id, job.shared_in, job.shared_as)
            there = await _shared_posts.stands(self._client, job)
            return _share_words.shared_before(link) if there else _deleted(job)
        found = await _shared_posts.find(self._client, job)
        if found:
            return await self._done(job, found)
        return await self._post(interaction, job)

    async def _post(self, interaction: discord.Interaction, job: Job) -> str:
        data = await self._app.generation.picture(job)
        if data is None:
            return PICTURE_GONE
        hidden = await hidden_here(self._app, interaction, job)
        channel_id = origin_of(interaction).channel_id
        await self._app.card.sharing.begin(job, channel_id)
        made = await _shared_posts.post(self._client, job, data, channel_id, hidden=hidden)
        if made is None:
            return too_large(self._app, job, data, upload_max(self._client, job))
        posted, note = made
        return await self._done(job, posted, note)

    async def _done(self, job: Job, posted: Posted, note: str = "") -> str:
        await self._app.card.sharing.done(job, posted)
        log.info("Shared", action="share", job=job.key)
        if await self._app.generation.is_deleted(job):  # while the post was under way
            shared = replace(job, shared_in=posted.channel_id, shared_as=posted.message_id)
            await _shared_posts.take_away(self._client, shared, None)
            return PICTURE_GONE
        link = jump_link(job.guild_id, posted.channel_id, posted.message_id)
        return _share_words.shared(link, note)


def _deleted(job: Job) -> str:
    return _share_words.shared_and_deleted(job.key)


async def setup(client: HugOps) -> None:
    """Called by the client when it loads the cogs."""
    await client.add_cog(Sharers(client))
