"""The cards of one job: waiting, working, result, failure, cancelled. Values in, embeds out.

What a card says by colour it also says in words. Called by _answers.py and delivery.py.
"""

import io
from dataclasses import dataclass

import discord

from bot.core.errors import Cause
from bot.core.jobs import Job, Request, Result, Status
from bot.core.outcomes import MAX_LOADING_TRIES, MAX_TRIES
from bot.core.queue import Snapshot
from bot.services.generation import Ticket
from cogs import _rule_words, _words
from cogs._format import clock, code, cost, ordinal, quote, relative, seconds, shorten
from cogs._lane import hour_left, reason

ALT_MAX = 1024
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


@dataclass(frozen=True)
class Colours:
    """One colour for each state, taken from Discord's own palette; never the only sign."""

    waiting: int = 0xF0B232
    working: int = 0x5865F2
    done: int = 0x23A55A
    failed: int = 0xDA373C
    quiet: int = 0x80848E


COLOURS = Colours()


def queue_card(ticket: Ticket) -> discord.Embed:
    """The first answer to /imagine, and what it turns into while the job waits."""
    job, place = ticket.job, ticket.place
    head = ["⏳ **Waiting**"]
    if place:
        at = place.starts_at
        head.append(f"{ordinal(place.position)} of {place.of}")
        head.append(f"about {clock(at)} ({relative(at)})")
    lines = [" · ".join(head), reason(ticket), "", quote(job.request.prompt), _facts(job)]
    lines += [_words.lowered(cap) for cap in ticket.lowered]
    return _card("\n".join(lines), COLOURS.waiting, job)


def working_card(job: Job) -> discord.Embed:
    """A call is on its way."""
    most = MAX_LOADING_TRIES if job.cause is Cause.LOADING else MAX_TRIES
    attempt = f"attempt {min(job.tries + 1, most)}/{most}"
    head = f"🎨 **Working** · usually 6-20 s · {code(job.request.model)} · {attempt}"
    facts = f"{size_of(job.request)} · seed {job.request.seed}"
    return _card(f"{head}\n\n{quote(job.request.prompt)}\n{facts}", COLOURS.working, job)


def result_card(job: Job, result: Result, snapshot: Snapshot, note: str = "") -> discord.Embed:
    """Under the picture: the prompt, and one line of facts; `note` comes first."""
    line = " · ".join(
        [
            code(job.request.model),
            size_of(job.request, result),
            f"seed {job.request.seed}",
            seconds(result.seconds),
            hour_left(snapshot),
            cost(result.cost),
        ]
    )
    head = f"{note}\n\n" if note else ""
    card = _card(f"{head}{quote(job.request.prompt)}\n{line}", COLOURS.done, job)
    return card.set_footer(text=told_footers(job.key)[0])


def shared_card(job: Job, looks: Result) -> discord.Embed:
    """Under a private picture that its person shared: what everybody may know of it."""
    line = f"{code(job.request.model)} · {size_of(job.request, looks)} · seed {job.request.seed}"
    card = _card(f"{quote(job.request.prompt)}\n{line}", COLOURS.done, job)
    return card.set_footer(text=told_footers(job.key)[0])


def pictureless_card(job: Job, why: str) -> discord.Embed:
    """A result that cannot be shown here, with the reason and the next step."""
    text = f"🖼️ {why}\n\n{quote(job.request.prompt)}\n{_facts(job)}"
    return _card(text, COLOURS.done, job).set_footer(text=told_footers(job.key)[1])


def failure_card(job: Job, default_model: str) -> discord.Embed:
    """Why no picture came, the prompt, and what happened to the slot."""
    why = _words.failure(job, default_model)
    card = _card(f"❌ {why}\n\n{quote(job.request.prompt)}", COLOURS.failed, job)
    return card.set_footer(text=told_footers(job.key)[1])


def cancelled_card(job: Job) -> discord.Embed:
    """The job was withdrawn before anything was sent."""
    why = f"🚫 {_rule_words.withdrawn(job)} {_words.RETURNED}"
    return _card(f"{why}\n\n{quote(job.request.prompt)}", COLOURS.quiet, job)


def moved_card(job: Job, link: str) -> discord.Embed:
    """What is left of a waiting card when the result was posted as a message of its own."""
    done = "Done" if job.status is Status.DONE else "Over"
    return _card(f"✅ **{done}, see below:** {link}", COLOURS.quiet, job)


def told_footers(key: str) -> tuple[str, str]:
    """The footers of cards that tell how a job ended, with a picture and without.

    A waiting card never has them, so a message that does is proof that the job was told.
    """
    return f"AI-generated · job {key}", f"job {key} · over"


def picture_file(job: Job, result: Result, data: bytes, *, hidden: bool = False) -> discord.File:
    """The picture with its alt text, hidden until clicked when the person or a rule wants that."""
    name = f"hugops-{job.key}.{_EXTENSIONS.get(result.mime, 'bin')}"
    return discord.File(
        io.BytesIO(data),
        filename=name,
        spoiler=job.request.spoiler or hidden,
        description=alt_text(job.request, result),
    )


def alt_text(request: Request, result: Result) -> str:
    """What a screen reader says of the picture; the prompt gives way, the facts never do."""
    facts = f" - {request.model}, {size_of(request, result)}, seed {request.seed}"
    prompt = " ".join(request.prompt.split())
    opening = 'AI-generated: "'
    room = ALT_MAX - len(opening) - len(facts) - 1
    return f'{opening}{shorten(prompt, room)}"{facts}'


def size_of(request: Request, result: Result | None = None) -> str:
    """Width and height: as made, as asked, or left to the model."""
    if result:
        return f"{result.width}×{result.height}"  # noqa: RUF001 - the sign that people know
    if request.size:
        width, height = request.size.pixels
        return f"{request.size.value} {width}×{height}"  # noqa: RUF001 - likewise
    return "the model's own size"


def _facts(job: Job) -> str:
    request = job.request
    return f"{code(request.model)} · {size_of(request)} · seed {request.seed}"


def _card(text: str, colour: int, job: Job) -> discord.Embed:
    embed = discord.Embed(description=text, colour=colour)
    return embed.set_footer(text=f"job {job.key}")
