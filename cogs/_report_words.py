"""Sentences about reports of pictures.

Called by _words.py, which has all other sentences, reporting.py and the card of a report.
"""

from datetime import datetime

from bot.core.errors import NothingToReport, Refused, UnknownReport
from bot.core.reports import Closing, Verdict
from cogs._format import moment

REPORTS: dict[type[Refused], str] = {
    NothingToReport: (
        "**There is no picture here to report.** Tell an admin of this server what is wrong."
    ),
    UnknownReport: "**There is no such report in this server.** See `/admin audit`.",
}
REPORTED = "🚩 **Reported.** The admins of this server have it. Nothing to do."
KEPT = (
    "🚩 **I keep your report, but cannot pass it on yet:** this server has no channel for reports. "
    "Ask an admin to set one with `/admin alerts`; then it is posted there."
)
MESSAGE_STAYS = (
    "**The picture is gone from my store, but I could not take its message away.** "
    "Look at it and delete it by hand: "
)
_DONE = {
    Verdict.DELETED: "🗑️ **Image deleted**",
    Verdict.DISMISSED: "✅ **Dismissed**",
}


def already_reported(at: datetime) -> str:
    """A second report by the same person."""
    return f"**You reported this image already, {moment(at)}.** Nothing to do."


def closed(closing: Closing) -> str:
    """Who closed a report, how and when."""
    return f"{_DONE[closing.verdict]} by <@{closing.by}>, {moment(closing.at)}"


def closed_already(closing: Closing) -> str:
    """A press on a report that is closed."""
    return f"{closed(closing)}. This report is closed; nothing to do."
