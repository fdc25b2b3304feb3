"""The first answer to an interaction, in time and with the right audience (promise 1).

/imagine, the result buttons and /help ask first and answer once; all else defers first, with
`begin`, and edits with `reply`. Called by the command families.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import aiohttp
import discord
import structlog

from bot.app import App
from bot.core.errors import Refused, Unavailable
from bot.core.jobs import MessageId
from bot.services.generation import Ticket
from cogs._people import actor_of
from cogs._replies import queue_card
from cogs._views import queue_row
from cogs._wire import ALREADY_ANSWERED, LINE_ERRORS, UNKNOWN_INTERACTION, code_of, in_short
from cogs._words import lowered

BOOKS_MAY_TAKE = 0.7  # seconds; the answer has to be there within one
ANSWER_MAY_TAKE = 2.5  # seconds; Discord forgets an unanswered interaction after three
PUBLIC = "public"  # in interaction.extras: a public "thinking" stands there
THINKING = "thinking"  # in interaction.extras: acknowledged, and whether a "thinking" stands there
TYPED = "typed"  # in interaction.extras: an embed that says back what a refusal would lose
_LOST = (aiohttp.ClientError, OSError)

T = TypeVar("T")

NO_MENTIONS = discord.AllowedMentions.none()

log = structlog.stdlib.get_logger(__name__)


async def answer(
    app: App,
    interaction: discord.Interaction,
    work: Coroutine[Any, Any, Ticket],
    *,
    private: bool,
) -> Ticket:
    """Ask the books (`work`) and show the queue card. Raises what `work` raises."""
    ticket = await _in_time(interaction, work, private=private)
    await _show(app, interaction, ticket)
    return ticket


async def answer_page(
    interaction: discord.Interaction, work: Coroutine[Any, Any, discord.Embed]
) -> None:
    """Make a page (`work`) and show it to the person only. Raises what `work` raises."""
    page = await _in_time(interaction, work, private=True)
    if interaction.response.is_done():
        return await reply(interaction, page)
    await _insist(
        lambda: interaction.response.send_message(
            embed=page, ephemeral=True, allowed_mentions=NO_MENTIONS
        )
    )
    return None


async def in_time(read: Awaitable[T]) -> T:
    """What a first answer depends on: a ledger that is slow gets a sentence instead.

    Raises Unavailable, and what `read` raises.
    """
    try:
        async with asyncio.timeout(BOOKS_MAY_TAKE):
            return await read
    except TimeoutError as error:
        raise Unavailable(what="ledger", reason="it is slow") from error


async def _in_time(
    interaction: discord.Interaction, work: Coroutine[Any, Any, T], *, private: bool
) -> T:
    """The outcome of `work`; when that is slow, the bot is shown thinking meanwhile."""
    async with asyncio.TaskGroup() as group:
        loop = asyncio.get_running_loop()
        timer = loop.call_later(
            BOOKS_MAY_TAKE, lambda: group.create_task(_defer(interaction, private=private))
        )
        try:
            outcome = await _outcome(work)
        finally:
            timer.cancel()
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def _outcome(work: Coroutine[Any, Any, T]) -> T | Exception:
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - handed to the caller, who raises it
        return error


async def _defer(interaction: discord.Interaction, *, private: bool) -> None:
    """Show that the bot is thinking; a lost line is noticed when the card is sent."""
    interaction.extras[PUBLIC] = not private
    try:
        async with asyncio.timeout(ANSWER_MAY_TAKE - BOOKS_MAY_TAKE):
            await _acknowledge(interaction, ephemeral=private, thinking=True)
    except LINE_ERRORS as error:
        log.warning("Could not defer", action="answer", error=in_short(error))


async def _show(app: App, interaction: discord.Interaction, ticket: Ticket) -> None:
    key = ticket.job.key
    try:
        async with asyncio.timeout(ANSWER_MAY_TAKE):
            message_id = await _send(interaction, ticket)
    except LINE_ERRORS as error:
        log.warning("The answer did not arrive", action="answer", job=key, error=in_short(error))
        if code_of(error) == UNKNOWN_INTERACTION:
            await _withdraw(app, interaction, ticket)
        if code_of(error) == ALREADY_ANSWERED:
            return
        app.changes.note(key)
        return
    if message_id is not None:
        with suppress(Unavailable):
            await app.outbox.address(key, MessageId(message_id))
    app.changes.note(key)
    await _say_lowered(interaction, ticket)


async def _say_lowered(interaction: discord.Interaction, ticket: Ticket) -> None:
    """The card that says it may be gone within a second; this stays."""
    if not ticket.lowered:
        return
    try:
        await whisper(interaction, "\n".join(lowered(cap) for cap in ticket.lowered))
    except LINE_ERRORS as error:
        log.info("A cap was not told", action="answer", error=in_short(error))


async def _send(interaction: discord.Interaction, ticket: Ticket) -> int | None:
    card, row = queue_card(ticket), queue_row(ticket.job.key)
    if is_acknowledged(interaction):
        message = await interaction.edit_original_response(
            embed=card, view=row, allowed_mentions=NO_MENTIONS
        )
        return message.id
    sent = await _insist(
        lambda: interaction.response.send_message(
            embed=card,
            view=row,
            ephemeral=ticket.job.request.private,
            allowed_mentions=NO_MENTIONS,
        )
    )
    return sent.message_id if sent else (await interaction.original_response()).id


async def _withdraw(app: App, interaction: discord.Interaction, ticket: Ticket) -> None:
    """Nobody saw the card: take the job back, unless another delivery of it was answered."""
    try:
        delivery = await app.outbox.card(ticket.job.key)
        if delivery is None or delivery.card_id is None:
            await app.generation.cancel(ticket.job.key, actor_of(interaction))
    except (Refused, Unavailable) as error:
        log.info("Not withdrawn", action="answer", job=ticket.job.key, reason=repr(error))


async def begin(interaction: discord.Interaction) -> None:
    """Acknowledge at once; what follows is for the person only."""
    await _acknowledge(interaction, ephemeral=True, thinking=True)


async def _acknowledge(
    interaction: discord.Interaction, *, ephemeral: bool = False, thinking: bool = False
) -> None:
    await _insist(lambda: interaction.response.defer(ephemeral=ephemeral, thinking=thinking))
    interaction.extras[THINKING] = thinking


async def _insist(call: Callable[[], Awaitable[T]]) -> T | None:
    """`call`, and once more when the line broke; None when the first had arrived after all."""
    try:
        return await call()
    except _LOST as error:
        log.info("The line broke, once more", action="answer", error=in_short(error))
    try:
        return await call()
    except discord.HTTPException as error:
        if error.code != ALREADY_ANSWERED:
            raise
        return None


def is_acknowledged(interaction: discord.Interaction) -> bool:
    """Whether Discord has a first answer, by what we were told or by what came of it."""
    return interaction.response.is_done() or THINKING in interaction.extras


async def open_form(interaction: discord.Interaction, form: discord.ui.Modal) -> None:
    """Answer with a form, which must be the first answer."""
    await _insist(lambda: interaction.response.send_modal(form))


async def begin_here(interaction: discord.Interaction) -> None:
    """Acknowledge a press; what follows changes the message of the button.

    A forged press may name any message of ours: then what follows is for the person only.
    """
    if _stands_there(interaction):
        await _acknowledge(interaction)
    else:
        await begin(interaction)


def _stands_there(interaction: discord.Interaction) -> bool:
    """Whether the pressed button is on the message that the press names."""
    pressed = (interaction.data or {}).get("custom_id")
    rows = interaction.message.components if interaction.message else []
    parts = [part for row in rows if isinstance(row, discord.ActionRow) for part in row.children]
    return pressed in [part.custom_id for part in parts]


async def reply(
    interaction: discord.Interaction,
    *embeds: discord.Embed,
    view: discord.ui.View | None = None,
    files: Sequence[discord.File] = (),
) -> None:
    """What `begin` or `begin_here` promised."""
    await interaction.edit_original_response(
        embeds=embeds, view=view, attachments=files, allowed_mentions=NO_MENTIONS
    )


async def whisper_page(interaction: discord.Interaction, page: discord.Embed) -> None:
    """One more page for the person only."""
    await interaction.followup.send(embed=page, ephemeral=True, allowed_mentions=NO_MENTIONS)


async def whisper(interaction: discord.Interaction, text: str) -> None:
    """One more message for the person only."""
    await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)
