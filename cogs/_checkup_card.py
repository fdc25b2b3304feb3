"""The card of /admin doctor: what is wrong first, with what to do about it. Called by admin.py."""

from collections.abc import Sequence

import discord

from bot.core.checkup import Check, Verdict, summary, worst
from cogs._format import escape
from cogs._replies import COLOURS

MOST_SHOWN = 4000
_SIGNS = {Verdict.OK: "✅", Verdict.WARNING: "⚠️", Verdict.WRONG: "❌"}
_HEADS = {Verdict.WRONG: "Wrong", Verdict.WARNING: "To look at", Verdict.OK: "Well"}
_TINTS = {
    Verdict.OK: COLOURS.done,
    Verdict.WARNING: COLOURS.waiting,
    Verdict.WRONG: COLOURS.failed,
}


def checkup_card(checks: Sequence[Check]) -> discord.Embed:
    """Every check under its verdict, with a remedy under what is not well."""
    groups = [_group(verdict, checks) for verdict in _HEADS]
    return discord.Embed(
        title=f"{_SIGNS[worst(checks)]} {summary(checks)}",
        description="\n\n".join(filter(None, groups))[:MOST_SHOWN],
        colour=_TINTS[worst(checks)],
    )


def _group(verdict: Verdict, checks: Sequence[Check]) -> str:
    lines = [_line(check) for check in checks if check.verdict is verdict]
    return "\n".join([f"__{_HEADS[verdict]}__", *lines]) if lines else ""


def _line(check: Check) -> str:
    line = f"{_SIGNS[check.verdict]} **{check.label}** · {escape(check.details, 300)}"
    return f"{line}\n-# → {check.remedy}" if check.remedy else line
