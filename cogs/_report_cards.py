"""The card of a report, for the admins. Called by reporting.py and _report_posts.py.

It has no footer that names the job, so that nobody takes it for a message that shows the picture.
"""

import discord

from bot.core.reports import Report, Verdict
from cogs._format import code, moment, quote
from cogs._replies import COLOURS
from cogs._report_words import closed
from cogs._views import report_row


def report_card(report: Report) -> discord.Embed:
    """Who reports what and why, and what was done about it."""
    job = report.job
    lines = [
        closed(report.closing) if report.closing else "🚩 **An image was reported**",
        "",
        f"Reported by <@{report.reporter_id}>, {moment(report.at)}",
        f"Why: {quote(report.reason, 1000) if report.reason.strip() else 'no reason given'}",
        "",
        f"Made for <@{job.user_id}> with {code(job.request.model)} · job {code(job.key)}",
        f"Prompt: ||{quote(job.request.prompt)}||",
        *_where(report),
    ]
    colour = COLOURS.quiet if report.closing else COLOURS.failed
    return discord.Embed(description="\n".join(lines), colour=colour)


def report_buttons(report: Report) -> discord.ui.View | None:
    """Delete image and Dismiss, while it is open."""
    return None if report.closing else report_row(str(report.id))


def _where(report: Report) -> list[str]:
    """Where the picture is to be seen, while it is."""
    if report.closing and report.closing.verdict is Verdict.DELETED:
        return []
    alone = f"Only its person sees the message; you see it with `/jobs show job:{report.job.key}`."
    return [link_of(report) or alone]


def link_of(report: Report) -> str:
    """A link to the reported message; empty when only one person sees it."""
    posted = report.posted
    if posted is None:
        return ""
    place = f"{report.job.guild_id}/{posted.channel_id}/{posted.message_id}"
    return f"[Go to the message](https://discord.com/channels/{place})"
