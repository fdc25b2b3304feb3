"""A message as the pretend Discord keeps it, and what a test likes to ask of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING

from bot.sandbox.json_shapes import Json, entries, inner
from bot.sandbox.snowflakes import created_at

if TYPE_CHECKING:
    from bot.sandbox.world import Channel, User


class MessageFlag(IntFlag):
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)


class MessageKind(IntEnum):
    DEFAULT = 0
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


@dataclass(kw_only=True, eq=False, slots=True)
class Attachment:
    id: int
    filename: str
    data: bytes = field(repr=False)
    content_type: str
    url: str
    description: str | None = None
    size_px: tuple[int, int] | None = None


@dataclass(kw_only=True, eq=False, slots=True)
class Message:
    id: int
    channel: "Channel"
    author: "User"
    content: str = ""
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    mentions: list["User"] = field(default_factory=list["User"])
    flags: MessageFlag = NO_FLAGS
    kind: MessageKind = MessageKind.DEFAULT
    edited_at: datetime | None = None
    nonce: str | int | None = None
    reference: "Message | None" = None
    visible_to: "User | None" = None
    deleted: bool = False
    # Which interaction made it, in the shape of `interaction_metadata`, and the command's name.
    origin: Json | None = None
    command: str | None = None

    @property
    def created_at(self) -> datetime:
        return created_at(self.id)

    @property
    def ephemeral(self) -> bool:
        return MessageFlag.EPHEMERAL in self.flags

    @property
    def loading(self) -> bool:
        return MessageFlag.LOADING in self.flags

    @property
    def controls(self) -> list[Json]:
        """Every button and select on the message, in order."""
        return [shown for shown in walk_components(self.components) if is_control(shown)]

    @property
    def labels(self) -> list[str]:
        return [control["label"] for control in self.controls if control.get("label")]

    @property
    def text(self) -> str:
        """All words a reader sees: content, embeds and text displays."""
        lines = [self.content]
        for embed in self.embeds:
            lines += _embed_lines(embed)
        lines += [p["content"] for p in walk_components(self.components) if p.get("content")]
        return "\n".join(line for line in lines if line)

    def control(self, name: str) -> Json | None:
        """The control with this custom id or, failing that, this label."""
        by_id = [control for control in self.controls if control.get("custom_id") == name]
        by_label = [control for control in self.controls if control.get("label") == name]
        return next(iter(by_id + by_label), None)


def is_control(shown: Json) -> bool:
    return bool(shown.get("custom_id") or shown.get("url")) and "type" in shown


def walk_components(parts: list[Json]) -> Iterator[Json]:
    """The components and everything nested in them, parents first."""
    for parent in parts:
        yield parent
        nested = list(entries(parent, "components"))
        for key in ("accessory", "component"):
            if parent.get(key):
                nested.append(inner(parent, key))
        yield from walk_components(nested)


def _embed_lines(embed: Json) -> list[str]:
    lines: list[str | None] = [
        inner(embed, "author").get("name"),
        embed.get("title"),
        embed.get("description"),
    ]
    for entry in entries(embed, "fields"):
        lines += [entry["name"], entry["value"]]
    lines.append(inner(embed, "footer").get("text"))
    return [line for line in lines if line]
