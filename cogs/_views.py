"""Button rows. A view is only layout: who presses is answered by custom id, after any restart too.

Custom ids are `v1:<verb>:<key>` (read by bot/client.py). Called by the cards' senders.
"""

import re
from collections.abc import Iterator

import discord

from bot.core.errors import Cause
from bot.core.jobs import Job

_TRY_AGAIN = {Cause.BROKEN_LINE, Cause.NO_ANSWER, Cause.RESTARTED, Cause.NOT_A_PICTURE}
_CHANGE = {Cause.REJECTED, Cause.MODEL_MISSING, Cause.NOT_SERVED, Cause.MODEL_RETIRED, Cause.GATED}
_INFO = "\N{INFORMATION SOURCE}\N{VARIATION SELECTOR-16}"
_SEPARATE = discord.ButtonStyle.secondary
_WARN = discord.ButtonStyle.danger
_VERBS_OF_JOBS = "cancel|notify|reroll|edit|delete|details|share|report|retry|repost|reuse|download"
_KEY = re.compile(
    rf"(?:v1:(?:{_VERBS_OF_JOBS}):|(?:AI-generated · )?job )([2-9a-z]{{8}})(?: · over)?"
)


def press_id(verb: str, key: str) -> str:
    """The custom id of a button."""
    return f"v1:{verb}:{key}"


def key_on(message: discord.Message) -> str | None:
    """The key of the job that a message of ours is about, by its buttons or its footer."""
    return next((found[1] for text in _marks(message) if (found := _KEY.fullmatch(text))), None)


def _marks(message: discord.Message) -> Iterator[str]:
    for row in message.components:
        if isinstance(row, discord.ActionRow):
            yield from (part.custom_id or "" for part in row.children)
    yield from (embed.footer.text or "" for embed in message.embeds)


def page_row(verb: str, back: str | None, on: str | None) -> discord.ui.View | None:
    """Under a page of several; nothing when it is the only one."""
    buttons = [_button("Back", verb, back, emoji="◀️")] if back else []
    buttons += [_button("Next", verb, on, emoji="▶️")] if on else []
    return _layout(*buttons) if buttons else None


def queue_row(key: str) -> discord.ui.View:
    """Under the queue card."""
    return _layout(
        _button("Cancel", "cancel", key), _button("Notify me", "notify", key, emoji="🔔")
    )


def result_row(key: str, *, share: bool = False) -> discord.ui.View:
    """Under a picture; `share` where it is private and its person sees it."""
    return _layout(
        _button("Reroll", "reroll", key, emoji="🎲"),
        _button("Edit", "edit", key, emoji="✏️"),
        _button("Delete", "delete", key, emoji="🗑️", style=_WARN),
        _button("Details", "details", key, emoji=_INFO, row=1),
        *_share(key, row=1, offered=share),
        _button("Report", "report", key, emoji="🚩", row=1),
    )


def _share(key: str, *, row: int = 0, offered: bool) -> list[discord.ui.Button[discord.ui.View]]:
    return [_button("Share", "share", key, emoji="📣", row=row)] if offered else []


def details_row(key: str) -> discord.ui.View:
    """Under a result whose picture is not in the message."""
    return _layout(_button("Details", "details", key, emoji=_INFO))


def failure_row(job: Job) -> discord.ui.View | None:
    """Under a failure: what may help, or nothing."""
    if job.cause in _TRY_AGAIN:
        return _layout(_button("Try again", "retry", job.key, emoji="🔁"))
    if job.cause not in _CHANGE:
        return None
    edit = _button("Edit", "edit", job.key, emoji="✏️")
    if job.cause is not Cause.GATED:
        return _layout(edit)
    address = f"https://huggingface.co/{job.request.model}"
    return _layout(discord.ui.Button(label="Open page", url=address), edit)


def report_row(key: str) -> discord.ui.View:
    """Under a report, for the admins."""
    return _layout(
        _button("Delete image", "reportdelete", key, emoji="🗑️", style=_WARN),
        _button("Dismiss", "reportdismiss", key),
    )


def job_row(job: Job, *, own: bool = False) -> discord.ui.View:
    """Under /jobs show; `own` when the person who looks asked for it."""
    reuse = _button("Reuse prompt", "reuse", job.key)
    if job.result is None or job.result.media is None:
        return _layout(reuse)
    return _layout(
        _button("Repost", "repost", job.key, emoji="📤"),
        reuse,
        _button("Download original", "download", job.key, emoji="💾"),
        *_share(job.key, offered=own and job.request.private),
    )


def line_row(scope: str) -> discord.ui.View:
    """Under /jobs queue."""
    return _layout(
        _button("Cancel mine", "cancelmine", scope, style=_WARN),
        _button("Refresh", "refresh", scope, emoji="🔄"),
    )


def confirm_row(verb: str, key: str) -> discord.ui.View:
    """Under a question: who asked may confirm."""
    return _layout(_button("Confirm", verb, key, style=_WARN))


def status_row() -> discord.ui.View:
    """Under /status."""
    return _layout(_button("Refresh", "status", "now", emoji="🔄"))


def _button(
    label: str,
    verb: str,
    key: str,
    *,
    emoji: str | None = None,
    style: discord.ButtonStyle = _SEPARATE,
    row: int = 0,
) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        label=label, custom_id=press_id(verb, key), emoji=emoji, style=style, row=row
    )


def _layout(*buttons: discord.ui.Button[discord.ui.View]) -> discord.ui.View:
    """A view that the library forgets at once: stopped, so that it is not stored."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    view.stop()
    return view
