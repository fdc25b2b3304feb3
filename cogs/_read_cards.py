"""The cards that only read: a job in full, the queue, quota, status.

Called by jobs.py and status.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.core.access import UserId
from bot.core.errors import Cause
from bot.core.jobs import Job, JobKey, Status
from bot.core.queue import Place
from bot.core.records import Use
from bot.core.servers import QueueHold, QueueState
from bot.services.generation import Dossier, Ticket
from bot.services.usage import Line, OwnUse
from cogs import _words
from cogs._format import (
    clock,
    code,
    cost,
    count,
    gauge,
    jump_link,
    moment,
    ordinal,
    plural,
    quote,
    relative,
    seconds,
    usd,
)
from cogs._lane import gauges, held, reason
from cogs._replies import COLOURS, size_of

MOST_LISTED = 10
PROMPT_IN_FULL = 3000
PROMPT_IN_LIST = 90

_SIGNS = {
    Status.QUEUED: "⏳ waiting",
    Status.LEASED: "🎨 about to start",
    Status.SENT: "🎨 working",
    Status.DONE: "✅ done",
    Status.FAILED: "❌ failed",
    Status.CANCELLED: "🚫 cancelled",
}
_TINTS = {
    Status.DONE: COLOURS.done,
    Status.FAILED: COLOURS.failed,
    Status.CANCELLED: COLOURS.quiet,
    Status.QUEUED: COLOURS.waiting,
}


def job_card(
    dossier: Dossier, default_model: str, children: Sequence[JobKey] = ()
) -> discord.Embed:
    """/jobs show and Details: parameters, timeline, attempts, cost, parent and children."""
    job = dossier.ticket.job
    text = f"{_SIGNS[job.status]}\n\n{quote(job.request.prompt, PROMPT_IN_FULL)}"
    if job.status is Status.FAILED:
        text += f"\n\n{_words.failure(job, default_model)}"
    embed = discord.Embed(
        title=f"Job {job.key}", description=text, colour=_TINTS.get(job.status, COLOURS.working)
    )
    embed.add_field(name="Parameters", value=_parameters(job), inline=False)
    embed.add_field(name="Timeline", value=_timeline(dossier), inline=False)
    embed.add_field(name="Cost", value=_cost_of(dossier), inline=True)
    embed.add_field(name="Made for", value=f"<@{job.user_id}>", inline=True)
    if job.shared and job.shared_in and job.shared_as:
        link = jump_link(job.guild_id, job.shared_in, job.shared_as)
        embed.add_field(name="Shared", value=link, inline=True)
    if job.parent_key:
        embed.add_field(name="Made again from", value=code(job.parent_key), inline=True)
    if children:
        made = ", ".join(code(key) for key in children)
        embed.add_field(name="Made from this", value=made, inline=True)
    return embed


def _parameters(job: Job) -> str:
    request = job.request
    lines = [
        f"model {code(request.model)}",
        f"size {size_of(request, job.result)}",
        f"seed `{request.seed}`",
        f"steps {'the model’s own' if request.steps is None else request.steps}",  # noqa: RUF001
        f"guidance {'the model’s own' if request.guidance is None else request.guidance}",  # noqa: RUF001
        f"private: {'yes' if request.private else 'no'}, spoiler: "
        f"{'yes' if request.spoiler else 'no'}",
    ]
    if request.negative_prompt:
        lines.append(f"without {quote(request.negative_prompt, 300)}")
    if job.result:
        lines.append(f"provider {code(job.result.provider)}, {seconds(job.result.seconds)}")
    return "\n".join(lines)


def _timeline(dossier: Dossier) -> str:
    ticket = dossier.ticket
    job = ticket.job
    lines = [f"asked {moment(job.created_at)}"]
    hidden = max(len(dossier.attempts) - MOST_LISTED, 0)
    if hidden:
        lines.append(f"… {plural(hidden, 'earlier attempt')}")
    shown = list(enumerate(dossier.attempts, 1))[hidden:]
    lines += [f"attempt {number}: {_attempt(use)}" for number, use in shown]
    if job.status is Status.QUEUED:
        lines.append(_standing(ticket))
    if job.done_at:
        lines.append(f"over {moment(job.done_at)}")
    return "\n".join(lines)[:1024]


def _attempt(use: Use) -> str:
    what = "gave a picture" if use.cause is None else _CAUSES[use.cause]
    return f"{clock(use.at)}, {what} after {seconds(use.seconds)}, {cost(use.cost)}"


_CAUSES = {cause: cause.value.replace("_", " ") for cause in Cause}


def _standing(ticket: Ticket) -> str:
    why = reason(ticket).split("\n", maxsplit=1)[0]
    return f"{_position(ticket.place)}: {why}"


def _position(place: Place | None) -> str:
    if place is None:
        return "waiting"
    return f"{ordinal(place.position)} of {place.of}, about {relative(place.starts_at)}"


def _cost_of(dossier: Dossier) -> str:
    if not dossier.attempts:
        return "nothing so far"
    known = sum(use.cost.booked_nusd for use in dossier.attempts)
    unknown = sum(use.cost.amount_nusd is None for use in dossier.attempts)
    bases = sorted({use.cost.basis.value for use in dossier.attempts})
    said = f"{usd(known)} ({', '.join(bases)})"
    return f"{said}, {plural(unknown, 'call')} unknown" if unknown else said


def line_card(line: Line, me: UserId, *, everyone: bool) -> discord.Embed:
    """/jobs queue: every job with its state, position, estimate and what holds it; the windows."""
    title = "The queue of this server" if everyone else "Your images in the queue"
    embed = discord.Embed(title=title, colour=COLOURS.working)
    shown = sorted(line.jobs, key=lambda job: _order(job, line))[:MOST_LISTED]
    embed.description = "\n\n".join(_entry(job, line, me) for job in shown) or _nobody(line)
    if len(line.jobs) > len(shown):
        embed.description += f"\n\n… and {count(len(line.jobs) - len(shown))} more."
    if line.others:
        how = "in private or elsewhere" if everyone else "see `/jobs queue scope:everyone`"
        embed.description += f"\n\n{plural(line.others, 'image')} of others wait too: {how}."
    _add_hold(embed, line.hold)
    embed.add_field(name="Windows of the shared token", value=_windows(line), inline=False)
    return embed


def _add_hold(embed: discord.Embed, hold: QueueHold) -> None:
    """Who holds the queue and why; nothing while it moves."""
    if hold.state is not QueueState.OPEN:
        embed.add_field(name="Held by an admin", value=held(hold), inline=False)


def _nobody(line: Line) -> str:
    return "None of yours waits." if line.others else "Nobody waits here."


def _order(job: Job, line: Line) -> tuple[bool, int, int]:
    place = line.places.get(job.id)
    return job.status is Status.QUEUED, place.position if place else 1_000_000, job.id


def _entry(job: Job, line: Line, me: UserId) -> str:
    whose = "yours" if job.user_id == me else f"<@{job.user_id}>"
    head = f"{_SIGNS[job.status]} · {code(job.key)} · {whose}"
    prompt = quote(job.request.prompt, PROMPT_IN_LIST)
    if job.status is not Status.QUEUED:
        return f"{head}\n{prompt}"
    ticket = Ticket(job=job, place=line.places.get(job.id), snapshot=line.snapshot)
    return f"{head}\n{_standing(ticket)}\n{prompt}"


def _windows(line: Line | OwnUse) -> str:
    return "\n".join(gauges(line.snapshot))


def quota_card(own: OwnUse) -> discord.Embed:
    """/quota: one's own use, and the windows everybody shares."""
    limits = own.snapshot.limits
    embed = discord.Embed(title="Your use and what is left", colour=COLOURS.working)
    embed.add_field(name="Last hour", value=_uses(own.hour))
    embed.add_field(name="Last 24 hours", value=_uses(own.day))
    waiting = f"`{gauge(own.waiting, limits.waiting)}` images waiting or working"
    embed.add_field(name="Waiting", value=waiting, inline=False)
    rule = "No allowance of your own is set: only the shared windows below decide."
    embed.add_field(name="Which rule decides", value=rule, inline=False)
    embed.add_field(name="Shared by everybody", value=_windows(own), inline=False)
    return embed


def _uses(uses: Sequence[Use]) -> str:
    made = sum(use.cause is None for use in uses)
    spent = sum(use.cost.booked_nusd for use in uses)
    unknown = sum(use.cost.amount_nusd is None for use in uses)
    said = (
        f"{plural(made, 'picture')}\n{plural(len(uses) - made, 'failed call')}\nest. {usd(spent)}"
    )
    return f"{said}\n{plural(unknown, 'call')} of unknown cost" if unknown else said


@dataclass(frozen=True, kw_only=True)
class Health:
    """What /status knows besides the queue."""

    started_at: datetime
    latency: float  # seconds; not a number before the first heartbeat
    account_known: bool
    account_name: str


def status_card(health: Health, line: Line) -> discord.Embed:
    """/status: is it up, is it connected, how long is the line."""
    embed = discord.Embed(title="How I am", colour=COLOURS.done)
    embed.add_field(name="Up since", value=f"{relative(health.started_at)}")
    embed.add_field(name="Discord", value=_latency(health.latency))
    embed.add_field(name="Hugging Face", value=_upstream(health, line))
    waiting = sum(job.status is Status.QUEUED for job in line.jobs)
    working = len(line.jobs) - waiting
    depth = f"{plural(waiting, 'image')} waiting, {count(working)} working"
    embed.add_field(name="Queue of this server", value=depth, inline=False)
    _add_hold(embed, line.hold)
    embed.add_field(name=f"Token {_label(health)}", value=_windows(line), inline=False)
    return embed


def _latency(latency: float) -> str:
    answered = 0 <= latency < 60  # noqa: PLR2004 - false for not-a-number as well
    return f"connected, {latency * 1000:,.0f} ms" if answered else "connected"


def _upstream(health: Health, line: Line) -> str:
    rest = line.snapshot.rest
    if rest:
        until = f" until {clock(rest.until_at)}" if rest.until_at else ""
        return f"calls rest{until} ({rest.kind.value.replace('_', ' ')})"
    return "reachable" if health.account_known else "did not answer when I started"


def _label(health: Health) -> str:
    return f"of {health.account_name}" if health.account_name else "(account unknown)"
