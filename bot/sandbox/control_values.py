"""What a person may choose in a select menu or hand in with a form, and the things behind the ids.
Asked by `discord_client` before a press or a form is sent.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from bot.sandbox.command_forms import (
    CHANNEL,
    MENTIONABLE,
    ROLE,
    USER,
    ClientRefusedError,
    thing_behind,
)
from bot.sandbox.discord_bodies import Upload
from bot.sandbox.json_shapes import Json, entries
from bot.sandbox.messages import walk_components
from bot.sandbox.world import World

# Select menus of people, roles, both and channels, and the command option that takes the same.
_TAKES = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}


def check_chosen(part: Json, values: list[str]) -> None:
    """Refuse what a select menu does not offer, and too few or too many of it."""
    offered = [option["value"] for option in entries(part, "options")]
    if offered and not set(values) <= set(offered):
        raise ClientRefusedError(f"{values} are not among {offered}")
    if "max_values" in part and not part["min_values"] <= len(values) <= part["max_values"]:
        limits = f"{part['min_values']} to {part['max_values']}"
        raise ClientRefusedError(f"{part['custom_id']} takes {limits} choices")


def chosen_things(part: Json, values: list[str], world: World) -> list[Any]:
    """The people, roles and channels behind a select menu's values."""
    kind = _TAKES.get(part["type"])
    if kind is None:
        return []
    things = [thing_behind(kind, value, world) for value in values]
    if None in things:
        raise ClientRefusedError(f"{values} name nothing that {part['custom_id']} takes")
    return things


def form_things(modal: Json, sent: Json, world: World) -> list[Any]:
    """The same for all the menus of a form that was filled in."""
    filled = {part["custom_id"]: part for part in _answers(sent)}
    return [
        thing
        for part in _answers(modal)
        for thing in chosen_things(part, filled[part["custom_id"]].get("values") or [], world)
    ]


def _answers(form: Json) -> Iterator[Json]:
    return (part for part in walk_components(form["components"]) if part.get("custom_id"))


def handed_in(values: Mapping[str, Any], world: World) -> tuple[Json, list[Upload]]:
    """The values of a form with each file replaced by its new id, and the files."""
    plain: Json = {}
    files: list[Upload] = []
    for name, value in values.items():
        uploads = [each for each in _listed(value) if isinstance(each, Upload)]
        for upload in uploads:
            upload.id = world.mint.snowflake()
        plain[name] = [str(upload.id) for upload in uploads] if uploads else value
        files += uploads
    return plain, files


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
