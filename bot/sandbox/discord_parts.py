"""Embeds and components: checked against Discord's limits and completed as Discord echoes them.

Called for every message that the bot creates or edits. `urls` maps an uploaded file's name to its
attachment, so that `attachment://name` becomes an address.
"""

from collections.abc import Mapping

from bot.sandbox.discord_errors import invalid_form
from bot.sandbox.json_shapes import Json, entries, inner
from bot.sandbox.messages import Attachment, walk_components

Files = Mapping[str, Attachment]

ACTION_ROW, BUTTON, STRING_SELECT = 1, 2, 3
SELECTS = (3, 5, 6, 7, 8)
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
V2_ONLY = (SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER)

EMBED_LIMITS = {"title": 256, "description": 4096}
EMBED_FIELDS, EMBED_TOTAL, EMBEDS = 25, 6000, 10
FIELD_NAME, FIELD_VALUE, FOOTER_TEXT, AUTHOR_NAME = 256, 1024, 2048, 256
ROWS, ROW_BUTTONS, V2_COMPONENTS, V2_TEXT = 5, 5, 40, 4000
CUSTOM_ID, LABEL = 100, 80


def complete_embeds(sent: list[Json], files: Files) -> list[Json]:
    _check_embeds(sent)
    return [_complete_embed(embed, files) for embed in sent]


def complete_components(sent: list[Json], files: Files, *, v2: bool) -> list[Json]:
    _check_components(sent, v2=v2)
    completed = [_complete(component, files) for component in sent]
    for number, part in enumerate((p for p in walk_components(completed)), start=1):
        part.setdefault("id", number)
    return completed


def _complete_embed(embed: Json, files: Files) -> Json:
    body = {key: value for key, value in embed.items() if value is not None}
    body |= {"type": "rich"}
    body.pop("flags", None)
    for key in ("image", "thumbnail"):
        if key in body:
            body[key] = _picture(body[key], files)
    for key in ("footer", "author"):
        if key in body:
            body[key] = {k: _address(v, files) for k, v in body[key].items() if v is not None}
    if "fields" in body:
        body["fields"] = [{"inline": False} | entry for entry in body["fields"]]
    return body


def _picture(picture: Json, files: Files) -> Json:
    attachment = files.get(_file_name(picture["url"]))
    if attachment is None:
        return {"url": picture["url"]}
    body: Json = {"url": attachment.url, "proxy_url": attachment.url}
    body["content_type"] = attachment.content_type
    if attachment.size_px is not None:
        body["width"], body["height"] = attachment.size_px
    return body


def _address(value: str, files: Files) -> str:
    attachment = files.get(_file_name(value))
    return value if attachment is None else attachment.url


def _file_name(url: str) -> str:
    return url.removeprefix("attachment://") if url.startswith("attachment://") else ""


def _complete(part: Json, files: Files) -> Json:
    body = _defaults(part["type"]) | _without_nulls(part)
    if body["type"] in SELECTS:
        body.pop("required", None)
    if "options" in body:
        body["options"] = [_without_nulls(option) for option in body["options"]]
    if body["type"] == GALLERY:
        body["items"] = [_media_item(item, files) for item in body["items"]]
    for key in ("media", "file"):
        if key in body:
            body[key] = _media(body[key], files)
    if "components" in body:
        body["components"] = [_complete(child, files) for child in body["components"]]
    if "accessory" in body:
        body["accessory"] = _complete(body["accessory"], files)
    return body


def _without_nulls(part: Json) -> Json:
    body = {key: value for key, value in part.items() if value is not None}
    if isinstance(body.get("emoji"), dict):
        body["emoji"] = _without_nulls(body["emoji"])
    return body


def _defaults(kind: int) -> Json:
    if kind in SELECTS:
        return {"min_values": 1, "max_values": 1}
    known: dict[int, Json] = {
        BUTTON: {"style": 2},
        THUMBNAIL: {"description": None, "spoiler": False},
        FILE: {"name": None, "size": None, "spoiler": False},
        SEPARATOR: {"spacing": 1, "divider": True},
        CONTAINER: {"accent_color": None, "spoiler": False},
    }
    return known.get(kind, {})


def _media_item(item: Json, files: Files) -> Json:
    described: Json = {"description": None, "spoiler": False} | item
    return described | {"media": _media(item["media"], files)}


def _media(media: Json, files: Files) -> Json:
    attachment = files.get(_file_name(media["url"]))
    if attachment is None:
        return {"id": "0", "url": media["url"], "proxy_url": media["url"]}
    return {
        "id": str(attachment.id),
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": attachment.content_type,
        "attachment_id": str(attachment.id),
    }


def _check_embeds(embeds: list[Json]) -> None:
    if len(embeds) > EMBEDS:
        raise invalid_form("embeds", f"Must be {EMBEDS} or fewer in length.")
    total = sum(_check_embed(embed, f"embeds/{index}") for index, embed in enumerate(embeds))
    if total > EMBED_TOTAL:
        raise invalid_form("embeds", f"Embed size exceeds maximum size of {EMBED_TOTAL}")


def _check_embed(embed: Json, at: str) -> int:
    """The number of characters that count towards the limit over all embeds."""
    texts = [(f"{at}/{key}", embed.get(key), limit) for key, limit in EMBED_LIMITS.items()]
    texts.append((f"{at}/footer/text", inner(embed, "footer").get("text"), FOOTER_TEXT))
    texts.append((f"{at}/author/name", inner(embed, "author").get("name"), AUTHOR_NAME))
    fields = entries(embed, "fields")
    if len(fields) > EMBED_FIELDS:
        raise invalid_form(f"{at}/fields", f"Must be {EMBED_FIELDS} or fewer in length.")
    for index, entry in enumerate(fields):
        for key, limit in (("name", FIELD_NAME), ("value", FIELD_VALUE)):
            if not entry.get(key):
                raise invalid_form(f"{at}/fields/{index}/{key}", "This field is required")
            texts.append((f"{at}/fields/{index}/{key}", entry[key], limit))
    for path, text, limit in texts:
        check_length(path, text, limit)
    return sum(len(text or "") for _, text, _ in texts)


def check_length(path: str, text: str | None, limit: int) -> None:
    if text is not None and len(text) > limit:
        raise invalid_form(path, f"Must be {limit} or fewer in length.")


def _check_components(components: list[Json], *, v2: bool) -> None:
    everything = list(walk_components(components))
    if v2:
        _check_v2(everything)
    else:
        _check_rows(components)
    ids = [part["custom_id"] for part in everything if part.get("custom_id")]
    if len(ids) != len(set(ids)):
        raise invalid_form("components", "Component custom id cannot be duplicated")
    for part in everything:
        check_length("components/custom_id", part.get("custom_id"), CUSTOM_ID)
        if part["type"] == BUTTON:
            check_length("components/label", part.get("label"), LABEL)


def _check_v2(everything: list[Json]) -> None:
    if len(everything) > V2_COMPONENTS:
        raise invalid_form("components", f"Must be {V2_COMPONENTS} or fewer components in total.")
    if sum(len(part.get("content") or "") for part in everything) > V2_TEXT:
        raise invalid_form("components", f"Text must be {V2_TEXT} or fewer in length in total.")


def _check_rows(rows: list[Json]) -> None:
    if len(rows) > ROWS:
        raise invalid_form("components", f"Must be between 1 and {ROWS} in length.")
    for index, row in enumerate(rows):
        error = _row_error(row)
        if error:
            raise invalid_form(f"components/{index}", error)


def _row_error(row: Json) -> str | None:
    if row["type"] in V2_ONLY:
        return "This component needs the IS_COMPONENTS_V2 flag."
    children = entries(row, "components")
    if row["type"] != ACTION_ROW or not 1 <= len(children) <= ROW_BUTTONS:
        return f"An action row holds 1 to {ROW_BUTTONS} components."
    if len(children) > 1 and any(child["type"] in SELECTS for child in children):
        return "A select takes a row of its own."
    return None


def check_choices(choices: list[Json]) -> None:
    """Suggestions for an option: at most 25, each within 100 characters."""
    limit, length = 25, 100
    if len(choices) > limit:
        raise invalid_form("data/choices", f"Must be {limit} or fewer in length.")
    for index, choice in enumerate(choices):
        for key in ("name", "value"):
            if not 1 <= len(str(choice[key])) <= length:
                raise invalid_form(
                    f"data/choices/{index}/{key}", f"Must be between 1 and {length} in length."
                )
