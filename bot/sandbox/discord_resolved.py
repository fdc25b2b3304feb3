"""The objects behind the ids of an interaction, as Discord puts them into `data.resolved`. Asked by
`discord_client` for the values of commands and selects and for the targets of menus.
"""

from collections.abc import Iterable

from bot.sandbox.discord_bodies import Upload
from bot.sandbox.discord_messages import Messages
from bot.sandbox.discord_payloads import (
    attachment_json,
    channel_json,
    member_json,
    role_json,
    user_json,
)
from bot.sandbox.json_shapes import Json
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel, Guild, Role, User, World

Thing = User | Role | Channel | Upload | Message


def resolved_json(
    things: Iterable[Thing], channel: Channel, world: World, messages: Messages
) -> Json:
    """By kind, then by id; a file is stored on the way, so that the bot can fetch it."""
    resolved: Json = {}
    for thing in things:
        match thing:
            case User():
                _add_user(resolved, thing, channel.guild)
            case Role():
                _add(resolved, "roles", thing.id, role_json(thing))
            case Channel():
                granted = str(int(world.permissions(world.bot, thing)))
                _add(resolved, "channels", thing.id, channel_json(thing) | {"permissions": granted})
            case Message():
                _add(resolved, "messages", thing.id, messages.json(thing))
            case Upload():
                attachment = messages.store(channel, thing)
                body = attachment_json(attachment, ephemeral=True)
                _add(resolved, "attachments", attachment.id, body)
    return resolved


def _add(resolved: Json, kind: str, number: int, body: Json) -> None:
    resolved.setdefault(kind, {})[str(number)] = body


def _add_user(resolved: Json, user: User, guild: Guild | None) -> None:
    _add(resolved, "users", user.id, user_json(user))
    member = None if guild is None else guild.members.get(user.id)
    if member is not None and guild is not None:
        body = member_json(member, with_user=False)
        body["permissions"] = str(int(guild.permissions(user)))
        _add(resolved, "members", user.id, body)
