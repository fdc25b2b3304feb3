"""Pictures as they fit the place they go to, and the sentence that says so.

Called by delivery.py and the families that show a picture.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import discord

from bot.app import App
from bot.core.errors import NotShownHere
from bot.core.jobs import Job, Result
from bot.core.servers import Showing
from cogs import _words
from cogs._people import restricted_here
from cogs._replies import picture_file

UPLOAD_MAX = 10 * 1024 * 1024  # bytes, where the server is not known
SMALLER_PARTS = (2, 8)  # of a file that Discord refused for its size


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """Bytes that fit, what they look like, and what to say of them (nothing of an original)."""

    data: bytes
    looks: Result
    note: str = ""
    hidden: bool = False  # behind a spoiler, whatever the person asked for

    def file(self, job: Job) -> discord.File:
        """The picture of `job`, readable once."""
        return picture_file(job, self.looks, self.data, hidden=self.hidden)


async def fit(
    app: App, job: Job, data: bytes, most: int, *, hidden: bool = False, known: bool = True
) -> Fitted | None:
    """The picture in at most `most` bytes, re-encoded if need be; None when that cannot be done.

    `known`: `most` is what the place is known to take, not a guess after a refusal.
    """
    if job.result is None:
        return None
    if len(data) <= most:
        return Fitted(data=data, looks=job.result, hidden=hidden)
    small = await app.card.shrinker.shrink(data, most)
    if small is None:
        return None
    looks = replace(job.result, mime=small.mime, width=small.width, height=small.height)
    note = _words.smaller(len(data), most if known else None, kept_until(app, job))
    return Fitted(data=small.data, looks=looks, note=note, hidden=hidden)


def too_large(app: App, job: Job, data: bytes, most: int) -> str:
    """That the original cannot be sent here, and what can be done."""
    media = job.result.media if job.result else None
    return _words.original_too_large(len(data), most, media or job.key, kept_until(app, job))


def kept_until(app: App, job: Job) -> datetime:
    """The day until which the original is kept."""
    return (job.done_at or job.created_at) + app.card.media_kept


def upload_max(client: discord.Client, job: Job) -> int:
    """How many bytes a file in the job's server may have, as far as Discord told us."""
    guild: discord.Guild | None = client.get_guild(job.guild_id)
    return guild.filesize_limit if guild else UPLOAD_MAX


async def hidden_here(app: App, interaction: discord.Interaction, job: Job) -> bool:
    """Whether a rule puts the picture behind a spoiler here. Raises NotShownHere."""
    shown = await app.rules.showing(job, here_restricted=restricted_here(interaction))
    if shown is Showing.NOT_HERE:
        raise NotShownHere
    return shown is Showing.BEHIND_SPOILER
