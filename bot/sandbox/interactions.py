"""One use of a command, button, modal or suggestion list, from the person's click to the answer.

Made by the people of `discord_client`, answered through the routes of `discord_interactions`.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.json_shapes import Json, entries
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel, User

# Option types that are subcommands and groups of them.
_LEVELS = (1, 2)


class InteractionKind(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class CallbackType(IntEnum):
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(kw_only=True, eq=False, slots=True)
class Interaction:
    id: int
    token: str
    kind: InteractionKind
    user: User
    channel: Channel
    data: Json
    changes: Changes
    # The message whose control was used, and the interaction that opened the modal.
    message: Message | None = None
    opener: "Interaction | None" = None
    # What a message or user command was picked on.
    target: Message | User | None = None
    payload: Json = field(default_factory=dict[str, Any])
    sent_s: float | None = None
    answered_s: float | None = None
    response: Json | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list[Message])
    failed: bool = False
    expired: bool = False

    @property
    def response_type(self) -> CallbackType | None:
        return None if self.response is None else CallbackType(self.response["type"])

    @property
    def response_ms(self) -> float | None:
        """From just before the event was sent to the moment the first answer was read."""
        if self.sent_s is None or self.answered_s is None:
            return None
        return (self.answered_s - self.sent_s) * 1000

    @property
    def replies(self) -> list[Message]:
        """What the bot has said in answer, deleted messages left out."""
        said = [self.original, *self.followups]
        return [message for message in said if message is not None and not message.deleted]

    @property
    def choices(self) -> list[Json]:
        data: Json = (self.response or {}).get("data") or {}
        return list(data.get("choices") or [])

    @property
    def modal(self) -> Json | None:
        """The form that the bot opened, if that was its answer."""
        if self.response is None or self.response_type is not CallbackType.MODAL:
            return None
        return self.response["data"]

    @property
    def command(self) -> str:
        """The command's full name with its subcommand, as in `jobs queue` or `Job details`."""
        words, level = [str(self.data["name"])], entries(self.data, "options")
        while level and level[0]["type"] in _LEVELS:
            words.append(level[0]["name"])
            level = entries(level[0], "options")
        return " ".join(words)

    async def answered(self, within: float = 5.0) -> "Interaction":
        """Wait for the first response; a deferral counts."""
        await self.changes.until(lambda: self.response is not None or self.failed, within)
        if self.response is None:
            raise TimeoutError("The application did not respond")
        return self

    async def settled(self, within: float = 10.0) -> Message:
        """Wait until the bot has said something that is not the loading state."""
        await self.answered(within)
        spoken = await self.changes.until(
            lambda: [message for message in self.replies if not message.loading], within
        )
        return spoken[0]
