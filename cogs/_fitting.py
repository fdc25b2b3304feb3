"""Pictures as they fit the place they go to, and the sentence that says so.

Called by delivery.py and the families that show a picture.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import discord

from bot.app import App
from bot.core.jobs import Job, Result
from cogs import _words
from cogs._replies import picture_file


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
