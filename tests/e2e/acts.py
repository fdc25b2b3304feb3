"""What people do in the end-to-end tests, and how they look at what came of it.

Every wait is for a condition and generous; nothing sleeps for a fixed time.
"""

import asyncio
import io
import re
from typing import Any

from PIL import Image

from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel, User
from tests.e2e.conftest import Stage

PATIENCE = 20.0  # seconds; a slow machine with two cores and other work
RETURNED = "Your slot was returned."

_KEY = re.compile(r"v1:[a-z]+:([a-z0-9]{8})\b")
_FOOTER_KEY = re.compile(r"\bjob ([a-z0-9]{8})\b", re.IGNORECASE)
_MARKS = re.compile(r"\\(?=\W|_)|[\u200b*]")


async def command(stage: Stage, user: User, name: str, /, **options: Any) -> Interaction:
    """Run a command in #general and wait for the first answer."""
    sent = await stage.discord.run_command(user, stage.world.general, name, **options)
    return await sent.answered(PATIENCE)


async def imagine(
    stage: Stage,
    user: User,
    prompt: str = "a red fox",
    *,
    at: Channel | None = None,
    **options: Any,
) -> Interaction:
    """Ask for a small picture and wait until the first answer is there."""
    options = {"size": "square-512", "prompt": prompt} | options
    options = {name: value for name, value in options.items() if value is not None}
    place = at or stage.world.general
    sent = await stage.discord.run_command(user, place, "imagine", **options)
    await sent.answered(PATIENCE)
    await sent.settled(PATIENCE)
    return sent


async def press(
    stage: Stage, user: User, message: Message, verb: str, *, forged: bool = False
) -> Interaction:
    """Press the button of this verb; `verb` is a whole custom id when the press is forged."""
    control = verb if forged else button(message, verb)
    sent = await stage.discord.press(user, message, control, forged=forged)
    return await sent.answered(PATIENCE)


def card_of(interaction: Interaction) -> Message:
    """The message that the command or the press brought."""
    assert interaction.original is not None, "there is no answer"
    return interaction.original


def button(message: Message, verb: str) -> str:
    """The custom id of the button of this verb."""
    ids = [str(control.get("custom_id", "")) for control in message.controls]
    found = [custom_id for custom_id in ids if custom_id.startswith(f"v1:{verb}:")]
    assert found, f"no {verb} among {ids}"
    return found[0]


def verbs(message: Message) -> set[str]:
    """The verbs of all buttons of ours."""
    ids = [str(control.get("custom_id", "")) for control in message.controls]
    return {custom_id.split(":")[1] for custom_id in ids if custom_id}


def key_of(message: Message) -> str:
    """The key of the job that a card is about."""
    ids = " ".join(str(control.get("custom_id", "")) for control in message.controls)
    found = _KEY.search(ids) or _FOOTER_KEY.search(message.text)
    assert found, f"no job in {message.text!r}"
    return found[1]


def text_of(message: Message) -> str:
    """All words of a message as a reader sees them: without emphasis and escapes."""
    return _MARKS.sub("", message.text)


async def says(stage: Stage, message: Message, words: str, within: float = PATIENCE) -> str:
    """Wait until `words` stand on the message."""
    try:
        await stage.discord.until(lambda: words in text_of(message), within)
    except TimeoutError:
        raise AssertionError(f"no {words!r} but {text_of(message)!r}\n{stage.bot.log}") from None
    return text_of(message)


async def pictured(stage: Stage, interaction: Interaction, within: float = PATIENCE) -> Message:
    """Wait until the card has become the picture."""
    card = card_of(interaction)
    try:
        await stage.discord.until(lambda: card.attachments, within)
    except TimeoutError:
        raise AssertionError(f"no picture but {text_of(card)!r}\n{stage.bot.log}") from None
    return card


def size_of(message: Message) -> tuple[int, int]:
    """Width and height of the picture, which is decoded to the end."""
    with Image.open(io.BytesIO(message.attachments[0].data)) as picture:
        picture.load()
        return picture.size


async def whispered(interaction: Interaction, within: float = PATIENCE) -> str:
    """What was said to the person only; anything public in the answer fails."""
    said = await interaction.changes.until(lambda: _spoken(interaction), within)
    for message in said:
        assert message.ephemeral, f"everybody sees {message.text!r}"
        assert message.visible_to is interaction.user
    return "\n".join(text_of(message) for message in said)


async def told(stage: Stage, interaction: Interaction, words: str) -> str:
    """Wait until one of the answers, for the person only, says `words`."""

    def found() -> list[Message]:
        return [m for m in interaction.replies if words in text_of(m) and not m.loading]

    try:
        said = await stage.discord.until(found, PATIENCE)
    except TimeoutError:
        replies = [text_of(message) for message in interaction.replies]
        raise AssertionError(f"no {words!r} but {replies}\n{stage.bot.log}") from None
    assert said[0].ephemeral
    assert said[0].visible_to is interaction.user
    return text_of(said[0])


async def calls(stage: Stage, count: int) -> None:
    """Wait until Hugging Face was called `count` times in all."""
    async with asyncio.timeout(PATIENCE):
        await stage.upstream.arrived(count)


def public(stage: Stage, channel: Channel | None = None) -> list[Message]:
    """What everybody sees in the channel."""
    return stage.discord.messages(channel or stage.world.general)


def _spoken(interaction: Interaction) -> list[Message]:
    """The answers, without the card under which a button was pressed."""
    pressed = interaction.message
    return [m for m in interaction.replies if not m.loading and m is not pressed]
