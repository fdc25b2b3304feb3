"""What a person's Discord app does before anything is sent: finds the registered command, fits the
typed values to its options and refuses what the real app would refuse.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.discord_bodies import Upload
from bot.sandbox.json_shapes import Json, entries
from bot.sandbox.permissions import EVERYTHING, Permission
from bot.sandbox.world import Channel, Guild, Role, User, World

CHAT_INPUT = 1
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER = 1, 2, 3, 4, 5, 6
CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 7, 8, 9, 10, 11
_GUILD_CONTEXT, _DM_CONTEXT = 0, 1
_SAFE_INTEGER = 2**53


class ClientRefusedError(Exception):
    """The person's app would not have let this out."""


@dataclass(kw_only=True)
class Form:
    """A command as it is filled in; `things` are the users, roles and files among its values."""

    command: Json
    path: list[Json]
    options: list[Json]
    things: list[Any] = field(default_factory=list[Any])

    @property
    def leaf(self) -> Json:
        return self.path[-1] if self.path else self.command


def find_form(world: World, name: str, user: User, channel: Channel) -> Form:
    """The registered command or subcommand of this name, as offered to this person here."""
    words = name.split()
    command = next(
        (
            command
            for command in reversed(world.commands_for(channel.guild))
            if command["name"] == words[0] and command["type"] == CHAT_INPUT
        ),
        None,
    )
    if command is None:
        raise ClientRefusedError(f"/{words[0]} is not registered")
    if not is_offered(world, command, user, channel):
        raise ClientRefusedError(f"/{words[0]} is not shown to {user.name} in {channel.name}")
    path: list[Json] = []
    level = command
    for word in words[1:]:
        level = _child(level, word, name)
        path.append(level)
    if any(option["type"] in (SUBCOMMAND, GROUP) for option in entries(level, "options")):
        raise ClientRefusedError(f"/{name} needs a subcommand")
    return Form(command=command, path=path, options=list(entries(level, "options")))


def raw_form(world: World, name: str, channel: Channel) -> Form:
    """What is known about a command that Discord's app would not send like this."""
    words = name.split()
    level: Json = {"id": str(world.mint.snowflake()), "name": words[0], "type": CHAT_INPUT}
    for command in world.commands_for(channel.guild):
        if command["name"] == words[0]:
            level = command
    command, path = level, list[Json]()
    for depth, word in enumerate(words[1:], start=2):
        kind = GROUP if depth < len(words) else SUBCOMMAND
        unknown: Json = {"name": word, "type": kind, "options": []}
        known = (child for child in entries(level, "options") if child["name"] == word)
        level = next(known, unknown)
        path.append(level)
    return Form(command=command, path=path, options=list(entries(level, "options")))


def is_offered(world: World, command: Json, user: User, channel: Channel) -> bool:
    """Context, age limit and the permission that hides a command from people without it."""
    context = _DM_CONTEXT if channel.guild is None else _GUILD_CONTEXT
    if command.get("nsfw") and not channel.nsfw:
        return False
    contexts = command.get("contexts")
    if contexts is not None and context not in contexts:
        return False
    if context == _DM_CONTEXT:
        return command.get("guild_id") is None and command.get("dm_permission") is not False
    if Permission.VIEW_CHANNEL not in world.permissions(user, channel):
        return False
    return _is_permitted(world, command, user, channel.guild)


def _is_permitted(world: World, command: Json, user: User, guild: Guild | None) -> bool:
    needed = command.get("default_member_permissions")
    if needed is None or guild is None:
        return True
    granted = guild.permissions(user)
    if granted == EVERYTHING:
        return True
    roles = guild.members[user.id].roles if user.id in guild.members else set[int]()
    if world.command_access.get(command["name"], set()) & ({user.id} | roles):
        return True
    return int(needed) != 0 and int(granted) & int(needed) == int(needed)


def fill(form: Form, values: Mapping[str, Any], world: World, *, raw: bool = False) -> list[Json]:
    """The options as Discord sends them; values may be world objects, ids or typed text."""
    known = {option["name"]: option for option in form.options}
    filled: list[Json] = []
    for name, value in values.items():
        option = known.get(name)
        if option is None and not raw:
            raise ClientRefusedError(f"There is no option {name}; there are {sorted(known)}")
        filled.append(_filled(name, value, option, form, world))
        if option is not None and not raw:
            check_value(option, filled[-1]["value"])
    missing = {o["name"] for o in form.options if o.get("required")} - set(values)
    if missing and not raw:
        raise ClientRefusedError(f"Required and missing: {sorted(missing)}")
    return filled


def nested(form: Form, filled: list[Json]) -> list[Json]:
    """Wrap the options into subcommand and group, innermost first."""
    for level in reversed(form.path):
        filled = [{"name": level["name"], "type": level["type"], "options": filled}]
    return filled


def _child(level: Json, word: str, name: str) -> Json:
    for option in entries(level, "options"):
        if option["name"] == word and option["type"] in (SUBCOMMAND, GROUP):
            return option
    raise ClientRefusedError(f"/{name} is not registered")


def _filled(name: str, value: Any, option: Json | None, form: Form, world: World) -> Json:
    kind = _guess(value) if option is None else option["type"]
    thing = thing_behind(kind, value, world)
    if thing is not None:
        form.things.append(thing)
        if isinstance(thing, Upload):
            thing.id = world.mint.snowflake()
        return {"name": name, "type": kind, "value": str(thing.id)}
    return {"name": name, "type": kind, "value": _typed(kind, value)}


def _guess(value: Any) -> int:
    for kind, number in (
        (bool, BOOLEAN),
        (int, INTEGER),
        (float, NUMBER),
        (User, USER),
        (Role, ROLE),
        (Channel, CHANNEL),
        (Upload, ATTACHMENT),
    ):
        if isinstance(value, kind):
            return number
    return STRING


def thing_behind(kind: int, value: Any, world: World) -> Any:
    """The user, role, channel or file that a value stands for."""
    if isinstance(value, (User, Role, Channel, Upload)):
        return value
    if kind not in (USER, CHANNEL, ROLE, MENTIONABLE) or not str(value).isdecimal():
        return None
    roles = {role.id: role for guild in world.guilds.values() for role in guild.roles.values()}
    number = int(value)
    return world.users.get(number) or world.channels.get(number) or roles.get(number)


def _typed(kind: int, value: Any) -> Any:
    """Text from the page's form becomes what the option wants; anything else stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        if kind == INTEGER:
            return int(value)
        if kind == NUMBER:
            return float(value)
    except ValueError:
        raise ClientRefusedError(f"{value!r} is not a number") from None
    return value.lower() == "true" if kind == BOOLEAN else value


def check_value(option: Json, value: Any) -> None:
    name = option["name"]
    expected: dict[int, type | tuple[type, ...]] = {
        STRING: str,
        INTEGER: int,
        BOOLEAN: bool,
        NUMBER: (int, float),
    }
    if not isinstance(value, expected.get(option["type"], str)):
        raise ClientRefusedError(f"{name} cannot be {value!r}")
    choices = option.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        raise ClientRefusedError(f"{name} must be one of {_names(choices)}")
    size = len(value) if isinstance(value, str) else value
    _check_range(option, name, size)


def _check_range(option: Json, name: str, size: Any) -> None:
    suffix = "length" if option["type"] == STRING else "value"
    low, high = option.get(f"min_{suffix}"), option.get(f"max_{suffix}")
    if option["type"] == INTEGER and abs(size) >= _SAFE_INTEGER:
        raise ClientRefusedError(f"{name} is beyond a safe integer")
    if (low is not None and size < low) or (high is not None and size > high):
        raise ClientRefusedError(f"{name} must be between {low} and {high}")


def _names(choices: Iterable[Json]) -> list[str]:
    return [choice["name"] for choice in choices]
