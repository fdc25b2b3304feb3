"""Steps that several end-to-end tests share: ask, read cards, crash, look into the ledger."""

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel, User
from tests.e2e.conftest import Stage

T = TypeVar("T")

SLOW = 30.0  # seconds; a limit for a busy machine, never a wait
_KEY = re.compile(r"\bjob ([2-9a-z]{8})\b", re.IGNORECASE)
_OF_JOB = re.compile(r"v1:[a-z]+:([2-9a-z]{8})")
RETURNED = "Your slot was returned."


async def eventually(predicate: Callable[[], T], within: float = SLOW) -> T:
    """The first true value, for what tells nobody of its changes: the log, the ledger, a file."""
    async with asyncio.timeout(within):
        while not (value := predicate()):  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.05)
    return value


async def ask(
    stage: Stage, user: User, prompt: str, channel: Channel | None = None, **options: Any
) -> Interaction:
    """/imagine, without waiting for anything."""
    place = channel or stage.world.general
    return await stage.discord.run_command(user, place, "imagine", prompt=prompt, **options)


async def queued(
    stage: Stage, user: User, prompt: str, channel: Channel | None = None, **options: Any
) -> str:
    """/imagine; the job's key, once its card is there."""
    asked = await ask(stage, user, prompt, channel, **options)
    return key_of(await asked.settled(SLOW))


async def told(
    stage: Stage, user: User, name: str, /, *, channel: Channel | None = None, **options: Any
) -> Message:
    """Run a command; what the bot said."""
    place = channel or stage.world.general
    run = await stage.discord.run_command(user, place, name, **options)
    return await run.settled(SLOW)


def key_of(message: Message) -> str:
    """The key of the job that a card is about."""
    key = find_key(message)
    assert key is not None, f"no job on this card: {message.text!r}"
    return key


def find_key(message: Message) -> str | None:
    """The key of the job that a message is about, if it is about one."""
    for control in message.controls:
        found = _OF_JOB.fullmatch(control.get("custom_id") or "")
        if found:
            return found[1]
    said = _KEY.search(message.text)
    return said[1] if said else None


def has_picture(message: Message) -> bool:
    """Whether a message carries a picture."""
    return any(a.content_type.startswith("image/") for a in message.attachments)


def ends(stage: Stage, key: str) -> list[Message]:
    """Every message that stands there and tells how a job ended."""
    return [m for m in _standing(stage) if find_key(m) == key and _is_end(m)]


def pictures(stage: Stage, key: str) -> list[Message]:
    """Every message that stands there and shows the picture of a job."""
    return [message for message in ends(stage, key) if has_picture(message)]


async def ended(stage: Stage, key: str, within: float = SLOW) -> Message:
    """Wait until a job's end is told; the message that tells it."""
    return (await stage.discord.until(lambda: ends(stage, key), within))[0]


async def painted(stage: Stage, key: str, within: float = SLOW) -> Message:
    """Wait for the picture of a job; the message that shows it."""
    message = await ended(stage, key, within)
    assert has_picture(message), f"ended without a picture: {message.text!r}"
    return message


async def crash(stage: Stage) -> None:
    """SIGKILL, and wait until Discord has noticed."""
    await stage.bot.kill()
    await _gone(stage)


async def stop(stage: Stage) -> int:
    """SIGTERM, and wait until Discord has noticed; the exit code."""
    code = await stage.bot.terminate()
    await _gone(stage)
    return code


async def restart(stage: Stage, **overrides: str) -> None:
    """Stop in good order and start again."""
    assert await stop(stage) == 0
    await stage.open(**overrides)


def rows(stage: Stage, query: str) -> list[tuple[Any, ...]]:
    """What the ledger holds, read beside the bot."""
    address = f"file:{stage.bot.folder / 'ledger.db'}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=SLOW)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def attachment(message: Message, suffix: str) -> str:
    """The text of the one attached file with this ending."""
    (found,) = [a for a in message.attachments if a.filename.endswith(suffix)]
    return found.data.decode()


async def _gone(stage: Stage) -> None:
    await stage.discord.until(lambda: not stage.discord.gateway.ready, SLOW)


def _standing(stage: Stage) -> Iterator[Message]:
    bot = stage.world.bot
    return (m for m in stage.world.messages.values() if m.author is bot and not m.deleted)


def _is_end(message: Message) -> bool:
    """A picture under its own card (a details reply has none of the result's buttons), or words."""
    shown = has_picture(message) and message.control("Reroll") is not None
    return shown or RETURNED in message.text
