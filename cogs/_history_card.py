"""The card of /jobs list, and the filter that its buttons carry. Called by jobs.py."""

import discord

from bot.core.access import UserId
from bot.core.history import HistoryPage, Past, Stage
from bot.core.jobs import JobKey
from cogs._format import code, cost, jump_link, moment, quote
from cogs._replies import COLOURS
from cogs._views import page_row

PROMPT_IN_LIST = 120
ANY = "any"


def history_card(page: HistoryPage) -> discord.Embed:
    """Newest first, with links, seeds and costs."""
    head = f"Images of <@{page.wanted.user_id}>" + _filter(page)
    entries = "\n\n".join(_entry(past) for past in page.entries)
    text = f"{head}\n\n{entries or 'Nothing here.'}"
    embed = discord.Embed(title="What was made", description=text, colour=COLOURS.working)
    return embed.set_footer(text=f"page {page.number}")


def history_row(page: HistoryPage) -> discord.ui.View | None:
    """◀ and ▶ where there is something; an id names the model by a job that used it."""
    if not page.entries:
        return None
    wanted = page.wanted
    stage = wanted.stage.value if wanted.stage else ANY
    model = page.entries[0].job.key if wanted.model else ANY
    keys = [f"{number}_{stage}_{wanted.user_id}_{model}" for number in _beside(page)]
    return page_row("list", keys[0] if page.number > 1 else None, keys[1] if page.more else None)


_LONGEST_ID = 19  # digits; more fit into no column


def read_key(key: str) -> tuple[int, Stage | None, UserId, JobKey | None] | None:
    """Page, stage, person and a job of the model; None when the key is none of ours."""
    try:
        page, stage, user, model = key.split("_")
        if max(len(page), len(user)) > _LONGEST_ID:
            return None
        found = None if stage == ANY else Stage(stage)
        return int(page), found, UserId(int(user)), None if model == ANY else JobKey(model)
    except ValueError:
        return None


def _beside(page: HistoryPage) -> tuple[int, int]:
    return page.number - 1, page.number + 1


def _filter(page: HistoryPage) -> str:
    wanted = page.wanted
    parts = [wanted.stage.value if wanted.stage else "", code(wanted.model) if wanted.model else ""]
    said = [part for part in parts if part]
    return f" · only {', '.join(said)}" if said else ""


def _entry(past: Past) -> str:
    job = past.job
    stage = next(stage for stage in Stage if job.status in stage.statuses)
    facts = [code(job.key), f"**{stage.value}**", moment(job.created_at)]
    if job.result:
        facts.append(cost(job.result.cost))
    facts += [f"seed {job.request.seed}", _where(past)]
    return f"{' · '.join(facts)}\n{quote(job.request.prompt, PROMPT_IN_LIST)}"


def _where(past: Past) -> str:
    """A link where everybody may look; a private message cannot be linked to."""
    job, posted = past.job, past.posted
    if job.shared and job.shared_in and job.shared_as:
        return f"private, [shared]({jump_link(job.guild_id, job.shared_in, job.shared_as)})"
    if job.request.private:
        return "private"
    if posted is None or posted.channel_id != job.channel_id:
        return code(job.request.model)
    return f"[show]({jump_link(job.guild_id, posted.channel_id, posted.message_id)})"
