"""What Discord refuses when commands are registered; asked by the route that replaces them."""

import re
from collections.abc import Iterator

from bot.sandbox.discord_errors import invalid_form
from bot.sandbox.json_shapes import Json, entries

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
MOST = {CHAT_INPUT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
OPTIONS, CHOICES, CHARACTERS, DESCRIPTION, NAME = 25, 25, 8000, 100, 32
_NAME = re.compile(r"[-_'\w]{1,32}")


def check_commands(commands: list[Json]) -> None:
    names = [(command.get("type", CHAT_INPUT), command["name"]) for command in commands]
    if len(names) != len(set(names)):
        raise invalid_form("name", "Application command names must be unique")
    for kind, most in MOST.items():
        if len([each for each, _ in names if each == kind]) > most:
            raise invalid_form("name", f"At most {most} commands of this type")
    for index, command in enumerate(commands):
        if command.get("type", CHAT_INPUT) != CHAT_INPUT:
            _check_menu(command, str(index))
            continue
        if sum(_characters(level) for level in _levels(command)) > CHARACTERS:
            raise invalid_form(str(index), f"Command exceeds {CHARACTERS} characters")
        for level in _levels(command):
            _check_level(level, str(index))


def _check_menu(command: Json, at: str) -> None:
    """The name of a message or user command may hold spaces and capitals; it says everything."""
    if command["type"] not in MOST:
        raise invalid_form(f"{at}/type", "This command type is unknown")
    if not 1 <= len(command["name"].strip()) <= NAME:
        raise invalid_form(f"{at}/name", f"Must be between 1 and {NAME} in length.")
    if command.get("description"):
        raise invalid_form(f"{at}/description", "Context menu commands cannot have description")
    if command.get("options"):
        raise invalid_form(f"{at}/options", "Context menu commands cannot have options")


def _levels(level: Json) -> Iterator[Json]:
    """The command and every group, subcommand and option in it."""
    yield level
    for option in entries(level, "options"):
        yield from _levels(option)


def _characters(level: Json) -> int:
    """The longest translation of each text counts, and what the choices say."""
    count = _longest(level, "name") + _longest(level, "description")
    for choice in entries(level, "choices"):
        value = choice["value"]
        count += _longest(choice, "name") + (len(value) if isinstance(value, str) else 0)
    return count


def _longest(level: Json, key: str) -> int:
    texts: list[str] = [level[key], *(level.get(f"{key}_localizations") or {}).values()]
    return max(len(text) for text in texts)


def _check_level(level: Json, at: str) -> None:
    name, options = level["name"], entries(level, "options")
    if not _NAME.fullmatch(name) or name != name.lower():
        raise invalid_form(f"{at}/name", f"Command name is invalid: {name}")
    if not 1 <= len(level["description"]) <= DESCRIPTION:
        raise invalid_form(f"{at}/description", f"{name}: 1 to {DESCRIPTION} characters")
    if len(options) > OPTIONS or len(entries(level, "choices")) > CHOICES:
        raise invalid_form(f"{at}/options", f"{name}: at most {OPTIONS} options and choices")
    if len({option["name"] for option in options}) != len(options):
        raise invalid_form(f"{at}/options", f"{name}: option names must be unique")
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        raise invalid_form(f"{at}/options", f"{name}: required options must come first")
