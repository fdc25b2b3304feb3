"""Sentences of what a server decided: its queue, its rules, its alerts.

Called by _words.py, which has all other sentences, and by the cards.
"""

from bot.core.errors import (
    BannedWord,
    CannotBlock,
    Cause,
    NotShownHere,
    Refused,
    RestrictedOnly,
    Unconfirmed,
)
from bot.core.jobs import Job
from cogs._format import escape

ALERTS_COME_HERE = (
    "✅ **Alerts of HugOps will come here:** requests for more, budgets, reports, and failures "
    "that need an admin. Nothing to do."
)

RULES: dict[type[Refused], str] = {
    BannedWord: "**I cannot make that here** (rule: banned word list). Not counted.",
    RestrictedOnly: (
        "**Pictures are made in age-restricted channels only here.** Use `/imagine` in one of them."
    ),
    NotShownHere: (
        "**This picture belongs in age-restricted channels, so I do not show it here.** "
        "Use `/jobs show` in one of them."
    ),
    CannotBlock: "**Admins and owners cannot be blocked.** Take their role away first.",
    Unconfirmed: "**There is nothing to confirm any more.** Run the command again.",
}


def paused(reason: str) -> str:
    """An admin stopped the queue."""
    return f"**An admin paused the queue{_because(reason)}** Your job keeps its place."


def draining(reason: str) -> str:
    """An admin lets the queue run empty."""
    return (
        f"**No new images for now: an admin lets the queue run empty{_because(reason)}** "
        "What waits is still made. Try again later."
    )


def withdrawn(job: Job) -> str:
    """Why a job ended before it was sent; a block is not told to the whole channel."""
    if job.cause is Cause.EXPIRED:
        return "**This waited for more than 24 hours, so I gave it up.**"
    if job.cause is Cause.CLEARED:
        return f"**Cancelled: an admin cleared the queue{_because(job.detail)}**"
    return "**Cancelled by an admin.**" if job.cause is Cause.BLOCKED else "**Cancelled.**"


def _because(reason: str) -> str:
    return f': "{escape(reason, 200)}"' if reason else "."


def not_shown(key: str) -> str:
    """A picture that must not appear in the channel it was asked for in."""
    return (
        "**Your picture is made, but it may be shown in age-restricted channels only.** "
        f"Use `/jobs show job:{key}` in one of them."
    )
