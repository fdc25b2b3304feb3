"""What the options of /jobs offer while somebody types. Called by jobs.py.

A menu is never worth an error: when the ledger is slow or away there is none.
"""

import asyncio
from collections.abc import Awaitable, Sequence

import structlog
from discord import app_commands

from bot.app import App
from bot.core.access import Actor
from cogs._format import shorten

MENU_MAY_TAKE = 1.0  # seconds
MOST_OFFERED = 25

log = structlog.stdlib.get_logger(__name__)

Choices = list[app_commands.Choice[str]]


async def in_menu(work: Awaitable[Choices]) -> Choices:
    """What `work` finds in time, or nothing."""
    try:
        async with asyncio.timeout(MENU_MAY_TAKE):
            return await work
    except Exception as error:  # noqa: BLE001 - a menu is never worth an error
        log.info("No menu", action="autocomplete", error=type(error).__name__)
        return []


async def model_menu(app: App, actor: Actor, typed: str) -> Choices:
    """Models that this server has used."""
    models = await app.usage.models(actor, typed)
    return [app_commands.Choice(name=model, value=model) for model in models]


async def job_menu(app: App, actor: Actor, *, past: bool) -> Choices:
    """One's own jobs that wait or work, and those of the last day that are over."""
    line = await app.usage.line(actor, everyone=False)
    menu = [_choice(job.key, f"{job.status.value}: {job.request.prompt}") for job in line.jobs]
    if not past:
        return menu
    open_keys = {job.key for job in line.jobs}
    own = await app.usage.own(actor)
    made = {use.job_key: use for use in reversed(own.day) if use.job_key not in open_keys}
    for key, use in made.items():
        outcome = "made" if use.cause is None else "failed"
        menu.append(_choice(key, f"{outcome} {use.at:%H:%M} UTC with {use.model}"))
    return menu


def matching(menu: Sequence[app_commands.Choice[str]], typed: str) -> Choices:
    """Those that contain what was typed."""
    wanted = typed.casefold().strip()
    return [choice for choice in menu if wanted in choice.name.casefold()][:MOST_OFFERED]


def _choice(key: str, text: str) -> app_commands.Choice[str]:
    return app_commands.Choice(name=shorten(f"{key} · {text}", 100), value=key)
