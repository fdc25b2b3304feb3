"""The forms that open over a card, and what a person wrote into them. Called by the families.

A form is only layout, like a button row: its submit is answered by custom id, after any restart
too, so what was written is read from the interaction and never from a form that is remembered.
"""

import re
from collections.abc import Iterator
from typing import Any, cast

import discord

from bot.core.checks import MODEL_MAX, PROMPT_MAX, SEED_MAX, Wish
from bot.core.errors import BadValue
from bot.core.jobs import Request, Size
from bot.core.reports import REASON_MAX
from cogs._format import block
from cogs._replies import COLOURS
from cogs._views import press_id

OWN_SIZE = "own"  # the model's own size
_SEED_DIGITS = 25  # more than any seed has, so that a refusal can say what was typed

_LABELS = {
    "prompt": "Prompt",
    "negative_prompt": "Keep out of the picture",
    "size": "Size",
    "seed": "Seed",
    "model": "Model",
    "reason": "What is wrong with it?",
}


def is_submit(interaction: discord.Interaction) -> bool:
    """Whether a form was sent, and not a button pressed."""
    return interaction.type is discord.InteractionType.modal_submit


def edit_form(verb: str, key: str, request: Request) -> discord.ui.Modal:
    """What people change most, filled in; steps and guidance stay as they were."""
    prompt: discord.ui.TextInput[Any] = discord.ui.TextInput(
        style=discord.TextStyle.paragraph,
        custom_id="prompt",
        default=request.prompt,
        max_length=PROMPT_MAX,
    )
    negative: discord.ui.TextInput[Any] = discord.ui.TextInput(
        style=discord.TextStyle.paragraph,
        custom_id="negative_prompt",
        default=request.negative_prompt or "",
        required=False,
        max_length=PROMPT_MAX,
    )
    seed: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="seed", default=str(request.seed), required=False, max_length=_SEED_DIGITS
    )
    model: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="model", default=request.model, required=False, max_length=MODEL_MAX
    )
    hints = {"seed": "Empty draws a new one", "model": "Empty takes the usual one"}
    fields = [prompt, negative, _sizes(request.size), seed, model]
    return form("Edit", press_id(verb, key), fields, hints)


def report_form(key: str) -> discord.ui.Modal:
    """Why a picture is reported; an empty answer is one too."""
    reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
        style=discord.TextStyle.paragraph,
        custom_id="reason",
        required=False,
        max_length=REASON_MAX,
    )
    hints = {"reason": "You may leave this empty. The admins see it, and that it is from you."}
    return form("Report image", press_id("report", key), [reason], hints)


def form(
    title: str,
    custom_id: str,
    fields: list[Any],
    hints: dict[str, str],
    labels: dict[str, str] | None = None,
) -> discord.ui.Modal:
    """A form that the library forgets at once: stopped, so that it is not stored."""
    modal = discord.ui.Modal(title=title, custom_id=custom_id)
    for field in fields:
        name: str = field.custom_id
        text = (labels or _LABELS)[name]
        label: discord.ui.Label[Any] = discord.ui.Label(
            text=text, description=hints.get(name), component=field
        )
        modal.add_item(label)
    modal.stop()
    return modal


def written(interaction: discord.Interaction) -> dict[str, str]:
    """What the fields of a sent form hold, by their names; the first choice of a select."""
    data = cast("dict[str, Any]", interaction.data or {})
    return dict(_answers(data.get("components") or []))


def wish_of(fields: dict[str, str]) -> Wish:
    """The wish in a sent edit form. Raises BadValue when the seed is no number."""
    size = fields.get("size") or OWN_SIZE
    return Wish(
        prompt=fields.get("prompt", ""),
        negative_prompt=fields.get("negative_prompt") or None,
        size=None if size == OWN_SIZE else size,
        seed=_seed(fields.get("seed", "").strip()),
        model=fields.get("model", "").strip() or None,
    )


def said_back(fields: dict[str, str]) -> discord.Embed:
    """What a person had typed, to be copied: a refusal must not cost them their words."""
    typed = [(_LABELS[name], fields[name]) for name in _LABELS if fields.get(name)]
    most = {_LABELS["prompt"]: PROMPT_MAX, _LABELS["negative_prompt"]: PROMPT_MAX}
    most[_LABELS["reason"]] = REASON_MAX
    lines = [f"{label}\n{block(text, most.get(label, 112) + 8)}" for label, text in typed]
    return discord.Embed(title="What you typed", description="\n".join(lines), colour=COLOURS.quiet)


def _sizes(chosen: Size | None) -> discord.ui.Select[Any]:
    own = discord.SelectOption(label="the model's own size", value=OWN_SIZE, default=chosen is None)
    options = [
        discord.SelectOption(
            label=f"{size.value} ({size.pixels[0]} by {size.pixels[1]})",
            value=size.value,
            default=size is chosen,
        )
        for size in Size
    ]
    return discord.ui.Select(custom_id="size", options=[own, *options])


def _seed(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,25}", text, re.ASCII):
        raise BadValue(option="seed", given=text, allowed=f"0-{SEED_MAX}")
    return int(text)


def _answers(parts: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for part in parts:
        control: dict[str, Any] = part.get("component") or {}
        name, values = control.get("custom_id"), control.get("values") or [""]
        if name:
            yield str(name), str(control.get("value", values[0]) or "")
