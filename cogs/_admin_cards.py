"""The cards of /admin: limits, roles, queue, blocks, the audit trail. Called by admin.py."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

import discord

from bot.core.access import Role, RoleId
from bot.core.queue import Snapshot
from bot.core.records import AuditEntry
from bot.core.servers import QueueState
from bot.services.blocking import Blocked
from bot.services.queue_control import Question
from cogs._format import count, escape, gauge, moment, plural, relative, shorten, usd
from cogs._lane import gauges, knobs
from cogs._replies import COLOURS

MOST_LISTED = 12
MOST_SHOWN = 4000  # characters; Discord takes 4,096
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def limits_card(snapshot: Snapshot, said: str = "") -> discord.Embed:
    """The upstream windows of the token and their use."""
    embed = discord.Embed(title="Limits of the token", colour=COLOURS.working, description=said)
    embed.add_field(name="Windows", value="\n".join(gauges(snapshot)), inline=False)
    embed.add_field(name="More", value="\n".join(knobs(snapshot.limits)), inline=False)
    most = snapshot.limits.money_nusd
    spent = usd(snapshot.spent_nusd)
    if most is None:
        embed.add_field(name="This month", value=f"{spent} booked, no limit", inline=False)
    else:
        cents = gauge(round(snapshot.spent_nusd / 1e7), round(most / 1e7))
        money = f"`{cents}` cents: {spent} of {usd(most)} booked"
        embed.add_field(name="This month", value=money, inline=False)
    return embed


def grants_card(granted: Mapping[RoleId, Role]) -> discord.Embed:
    """Which Discord role has which of our roles."""
    ranked = sorted(granted.items(), key=lambda grant: (-grant[1], grant[0]))
    lines = [f"<@&{role_id}> · {role.word}" for role_id, role in ranked]
    text = "\n".join(lines) or "No role has been granted."
    text += "\n\nManage Server always means **admin**."
    return discord.Embed(title="Granted roles", description=text, colour=COLOURS.working)


def granted_card(role_id: int, level: Role) -> discord.Embed:
    """A role was granted."""
    text = f"✅ <@&{role_id}> now has the **{level.word}** role."
    if level >= Role.ADMIN:
        text += (
            "\nAlso allow this role for `/admin` under Server Settings → Integrations: "
            "Discord hides that command from others."
        )
    return discord.Embed(description=text, colour=COLOURS.done)


def revoked_card(role_id: int, before: Role | None) -> discord.Embed:
    """A role was taken back, or there was nothing to take."""
    if before is None:
        text = f"<@&{role_id}> had no granted role; nothing changed."
        return discord.Embed(description=text, colour=COLOURS.quiet)
    text = f"✅ <@&{role_id}> no longer has the **{before.word}** role."
    return discord.Embed(description=text, colour=COLOURS.done)


def queue_held_card(state: QueueState, waiting: int) -> discord.Embed:
    """What became of the queue of this server."""
    waits = f"{plural(waiting, 'image')} waiting"
    match state:
        case QueueState.PAUSED:
            text = f"⏸️ **The queue is paused:** {waits}, and new ones keep their place too."
            return _note(f"{text} `/admin queue resume` lets them go.")
        case QueueState.DRAINING:
            text = f"🚰 **The queue runs empty:** {waits}, no new ones are taken."
            return _note(f"{text} `/admin queue resume` takes them again.")
        case QueueState.OPEN:
            return _note(f"▶️ **The queue moves:** {waits}.")
        case _:
            assert_never(state)


def clear_question(asked: Question) -> discord.Embed:
    """What a Confirm button under it would do."""
    waits = plural(asked.waiting, "image")
    text = (
        f"**This cancels everything that waits in this server: {waits}.** Everybody is told and "
        "gets the slot back; what is being made is finished.\n"
        f"**Confirm** works for you alone, and lapses {relative(asked.ends_at)}."
    )
    return discord.Embed(title="Clear the queue?", description=text, colour=COLOURS.failed)


def cleared_card(cleared: int) -> discord.Embed:
    """The queue was cleared."""
    if cleared == 0:
        return _note("**Nothing waited here any more,** so nothing was cancelled.")
    return _note(f"🚫 **Cancelled {plural(cleared, 'image')}.** Everybody is told on their card.")


def alerts_card(channel_id: int) -> discord.Embed:
    """Where alerts go from now on."""
    return _note(f"✅ **Alerts go to <#{channel_id}>.** I have just posted a first line there.")


def blocked_card(user_id: int, blocked: Blocked) -> discord.Embed:
    """Until when, and what was withdrawn."""
    end = f"until {moment(blocked.until_at)}" if blocked.until_at else "for good"
    text = f"✅ <@{user_id}> is **blocked in this server** {end}."
    if blocked.withdrawn:
        text += f" I cancelled {plural(blocked.withdrawn, 'image')} of theirs that waited."
    sooner = " earlier" if blocked.until_at else ""
    return _note(f"{text}\n`/admin unblock` ends it{sooner}.")


def unblocked_card(user_id: int, *, lifted: bool) -> discord.Embed:
    """A block was lifted, or there was none."""
    if not lifted:
        return _note(f"<@{user_id}> was not blocked; nothing changed.")
    return _note(f"✅ <@{user_id}> may use me again.")


def _note(text: str) -> discord.Embed:
    return discord.Embed(description=text, colour=COLOURS.done)


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which entries of the trail are wanted; None wants all."""

    user_id: int | None
    action: str | None
    since_at: datetime | None

    def chosen(self, entries: Iterable[AuditEntry]) -> list[AuditEntry]:
        """The entries that pass."""
        return [entry for entry in entries if self._passes(entry)]

    def _passes(self, entry: AuditEntry) -> bool:
        wanted = (self.action or "").strip().casefold()
        return (
            self.user_id in {None, entry.actor_id}
            and wanted in entry.action.casefold()
            and (self.since_at is None or entry.at >= self.since_at)
        )


def audit_card(entries: Sequence[AuditEntry]) -> discord.Embed:
    """The newest changes; the file beside it holds them all."""
    lines = [_entry(entry) for entry in entries[:MOST_LISTED]]
    while sum(len(line) + 1 for line in lines) > MOST_SHOWN:
        lines.pop()
    if len(entries) > len(lines):
        lines.append(f"… and {count(len(entries) - len(lines))} more in the file.")
    text = "\n".join(lines) or "Nothing was changed in this time."
    return discord.Embed(title="Audit trail", description=text, colour=COLOURS.working)


def _entry(entry: AuditEntry) -> str:
    change = f"{_value(entry.before)} → {_value(entry.after)}"
    why = f" ({escape(entry.reason, 60)})" if entry.reason else ""
    head = f"{relative(entry.at)} <@{entry.actor_id}> **{escape(entry.action, 40)}**"
    return f"{head}\n{change}{why}"


def _value(text: str) -> str:
    """Our own words, with mentions of roles that an embed shows and never rings."""
    return shorten(text, 160) or "nothing"


def audit_csv(entries: Sequence[AuditEntry]) -> discord.File:
    """The entries as a file that spreadsheets open without running anything in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["at", "actor_id", "action", "before", "after", "reason"])
    for entry in entries:
        cells = [entry.action, entry.before, entry.after, entry.reason]
        row = [entry.at.isoformat(), str(entry.actor_id), *(_cell(cell) for cell in cells)]
        writer.writerow(row)
    data = io.BytesIO(text.getvalue().encode())
    return discord.File(data, filename="audit.csv", description="The audit trail as a table")


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
