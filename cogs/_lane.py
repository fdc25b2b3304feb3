"""What holds a job back and how full the windows are, in words. Called by the cards."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.errors import Cause
from bot.core.jobs import Job
from bot.core.outcomes import PauseKind
from bot.core.queue import Place, Rest, Snapshot
from bot.core.servers import QueueHold, QueueState
from bot.core.windows import Limit, Limits, Window, used
from bot.services.generation import Ticket
from cogs import _rule_words, _words
from cogs._format import clock, gauge, quote, span, usd

_NOT_WORTH_SAYING = timedelta(seconds=10)  # a pause shorter than this is over before it is read


def reason(ticket: Ticket) -> str:
    """The line of a waiting card that names what holds the job; empty when it is about to go."""
    snapshot, place = ticket.snapshot, ticket.place
    hold = snapshot.hold_of(ticket.job.guild_id)
    if hold.state is QueueState.PAUSED:
        return _rule_words.paused(hold.reason)
    if snapshot.rest and not _held_longer(place, snapshot.rest):
        return _resting(snapshot.rest, snapshot.now_at)
    again_at = ticket.job.not_before_at
    if again_at and again_at > snapshot.now_at:
        return _retrying(ticket.job, again_at)
    if place is None:
        return "your turn comes after others who wait"
    if place.held_by:
        return _held(place.held_by, place, snapshot)
    return "your turn comes after others who wait" if place.position > 1 else "your turn is next"


def _held_longer(place: Place | None, rest: Rest) -> bool:
    """Whether a window holds the job well beyond the end of the pause."""
    if place is None or place.held_by is None or rest.until_at is None:
        return False
    return place.starts_at > rest.until_at + _NOT_WORTH_SAYING


def held(hold: QueueHold) -> str:
    """Who holds the queue of a server, how and why, for its own people."""
    who = f"<@{hold.by}>" if hold.by else "an admin"
    why = f": {quote(hold.reason, 200)}." if hold.reason else "."
    if hold.state is QueueState.DRAINING:
        return f"Runs empty, by {who}{why} What waits is made; new images are refused."
    return f"Paused by {who}{why} New images are taken and keep their place."


def _resting(rest: Rest, now_at: datetime) -> str:
    if rest.kind is PauseKind.ADMIN:
        return _rule_words.paused(rest.reason)
    if rest.kind is PauseKind.CREDIT:
        return _words.credit_checked(rest.until_at)
    if rest.until_at and rest.until_at - now_at < _NOT_WORTH_SAYING:
        return "a short break between calls"
    return _words.slowed_down(rest.until_at)


def _retrying(job: Job, again_at: datetime) -> str:
    if job.cause is Cause.LOADING:
        return _words.waking_up()
    return f"Hugging Face did not answer; trying again at {clock(again_at)}"


def _held(limit: Limit, place: Place, snapshot: Snapshot) -> str:
    next_slot = f"next slot {clock(place.starts_at)}"
    if limit is Limit.HOUR:
        full = _words.window_full(_fill(limit, snapshot), place.starts_at)
        return f"hourly window {_fill(limit, snapshot)}, {next_slot}\n{full}"
    if limit in {Limit.DAY, Limit.UNSETTLED}:
        return f"{_NAMES[limit]} {_fill(limit, snapshot)}, {next_slot}"
    if limit is Limit.SPACING:
        window = snapshot.limits.window(limit)
        return f"{span(window.period.total_seconds()) if window else 'short'} spacing"
    if limit is Limit.IN_FLIGHT:
        most = snapshot.limits.in_flight
        return "one picture at a time" if most == 1 else f"{most} pictures at a time"
    why = "this month's money is used up" if limit is Limit.MONEY else "kept for light users"
    return f"{why}, {next_slot}"


def _fill(limit: Limit, snapshot: Snapshot) -> str:
    window = snapshot.limits.window(limit)
    return f"{taken(window, snapshot)}/{window.in_force}" if window else "full"


def taken(window: Window, snapshot: Snapshot) -> int:
    """How many calls of a window are taken, at most as many as it has."""
    serial = snapshot.limits.in_flight == 1
    calls = used(snapshot.calls, window, snapshot.now_at, serial=serial)
    return min(calls, window.in_force)


def hour_left(snapshot: Snapshot) -> str:
    """`1 slot, 3 left this hour`; without an hourly window just `1 slot`."""
    window = snapshot.limits.window(Limit.HOUR)
    if window is None:
        return "1 slot"
    return f"1 slot, {window.in_force - taken(window, snapshot)} left this hour"


def gauges(snapshot: Snapshot) -> list[str]:
    """One line for each window: a bar, used of cap, its length, and the cap after refusals."""
    windows = sorted(snapshot.limits.windows, key=lambda window: window.period)
    lines = [_gauge(window, snapshot) for window in windows]
    return lines or ["No window limits the calls of this token."]


def _gauge(window: Window, snapshot: Snapshot) -> str:
    per = span(window.period.total_seconds())
    line = f"`{gauge(taken(window, snapshot), window.in_force)}` {_NAMES[window.limit]}, per {per}"
    return line if window.in_force == window.cap else f"{line} (set to {window.cap})"


_NAMES = {
    Limit.SPACING: "spacing",
    Limit.HOUR: "hourly window",
    Limit.DAY: "daily window",
    Limit.UNSETTLED: "unsettled calls",
    Limit.IN_FLIGHT: "in flight",
    Limit.MONEY: "money",
    Limit.WAITING: "waiting",
    Limit.RESERVE: "reserve",
}


def knobs(limits: Limits) -> Sequence[str]:
    """The limits that are no windows."""
    money = "no limit" if limits.money_nusd is None else f"{usd(limits.money_nusd)} a month"
    return (
        f"in flight: {limits.in_flight} at a time",
        f"waiting: {limits.waiting} per person",
        f"reserve: {limits.reserve} slots kept for light users",
        f"money: {money}",
    )
