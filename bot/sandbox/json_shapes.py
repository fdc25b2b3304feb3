"""Reading decoded JSON whose optional parts may be absent or null; used by all of the stand-in."""

from typing import Any, cast

Json = dict[str, Any]


def entries(body: Json, key: str) -> list[Json]:
    """The objects in a list, none of them if the list is absent or null."""
    return cast("list[Json]", body.get(key) or [])


def inner(body: Json, key: str) -> Json:
    """A nested object, empty if it is absent or null."""
    return cast("Json", body.get(key) or {})
