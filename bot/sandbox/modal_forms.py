"""Filling in the form that the bot opened, in the shape in which Discord sends it back."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.command_forms import ClientRefusedError
from bot.sandbox.json_shapes import Json, entries

ACTION_ROW, TEXT_INPUT, TEXT_DISPLAY, LABEL = 1, 4, 10, 18
RADIO_GROUP, CHECKBOX = 21, 23
_COUNTS = ("min_values", "max_values")
_ONE_VALUE = (TEXT_INPUT, RADIO_GROUP, CHECKBOX)


def filled_modal(modal: Json, values: Mapping[str, Any]) -> Json:
    """Inputs that `values` does not name keep what the bot had put into them."""
    unused = set(values)
    parts = [_filled(part, number, values, unused) for number, part in _numbered(modal)]
    if unused:
        raise ClientRefusedError(f"The form has no input {sorted(unused)}")
    return {"custom_id": modal["custom_id"], "components": parts, "resolved": {}}


def _numbered(modal: Json) -> list[tuple[int, Json]]:
    return [(2 * index + 1, part) for index, part in enumerate(modal["components"])]


def _filled(part: Json, number: int, values: Mapping[str, Any], unused: set[str]) -> Json:
    body: Json = {"id": number, "type": part["type"]}
    if part["type"] == LABEL:
        control, label = part["component"], part.get("label")
        return body | {"component": _answered(control, label, number + 1, values, unused)}
    if part["type"] == ACTION_ROW:
        control = part["components"][0]
        answered = _answered(control, control.get("label"), number + 1, values, unused)
        return body | {"components": [answered]}
    return body


def _answered(
    control: Json, label: str | None, number: int, values: Mapping[str, Any], unused: set[str]
) -> Json:
    name: str = control["custom_id"] if control["custom_id"] in values else label or ""
    body: Json = {"id": number, "type": control["type"], "custom_id": control["custom_id"]}
    if name in values:
        unused.discard(name)
        given = values[name]
    else:
        given = _preset(control)
    _check(control, given)
    return body | {("value" if control["type"] in _ONE_VALUE else "values"): given}


def _preset(control: Json) -> Any:
    if control["type"] == CHECKBOX:
        return bool(control.get("default"))
    chosen = [o["value"] for o in entries(control, "options") if o.get("default")]
    if control["type"] == RADIO_GROUP:
        return chosen[0] if chosen else None
    if control["type"] == TEXT_INPUT:
        return control.get("value") or ""
    return chosen


def _check(control: Json, given: Any) -> None:
    if control["type"] not in _ONE_VALUE:
        _check_count(control, len(given))
    if control["type"] != TEXT_INPUT:
        return
    if control.get("required", True) and not given:
        raise ClientRefusedError(f"{control['custom_id']} is required")
    low, high = control.get("min_length") or 0, control.get("max_length") or 4000
    if given and not low <= len(given) <= high:
        raise ClientRefusedError(f"{control['custom_id']} must have {low} to {high} characters")


def _check_count(control: Json, count: int) -> None:
    """How many of a menu or a file input are chosen; none is fine where none is needed."""
    needed = bool(control.get("required", True))
    low, high = (1 if control.get(key) is None else control[key] for key in _COUNTS)
    if (count or needed) and not low <= count <= high:
        raise ClientRefusedError(f"{control['custom_id']} takes {low} to {high} choices")
