"""What an option may hold: cleans a wish into a Request, or refuses it. Called by cogs.

A cap that is exceeded is lowered and said; an impossible value is refused with the range.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.banned import holds_banned
from bot.core.errors import BadValue, BannedWord, RestrictedOnly
from bot.core.jobs import Request, Size
from bot.core.servers import AgeRule, ServerRules

PROMPT_MAX = 1500
STEPS_MAX = 50
GUIDANCE_MAX = 20.0
SEED_MAX = 2**53 - 1  # the largest integer Discord and JSON carry unchanged
MODEL_MAX = 96
MODELS_NAMED = 5  # in a refusal; the menu has them all

_MODEL = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_JOINERS = {"\u200c", "\u200d"}  # spell Persian words and compound emoji: kept inside a text
_KEPT = {"\n", "\t"} | _JOINERS
_EDGES = re.compile(r"\A[\s\u200c\u200d]+|[\s\u200c\u200d]+\Z")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person typed, unchecked. None means that the option was left out."""

    prompt: str
    model: str | None = None
    size: str | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    private: bool = False
    spoiler: bool = False


@dataclass(frozen=True, kw_only=True)
class Lowered:
    """An option that was above its cap: `used` was taken instead of `given`."""

    option: str
    given: str
    allowed: str
    used: str


def check(
    wish: Wish, *, default_model: str, fresh_seed: int, most_steps: int = STEPS_MAX
) -> tuple[Request, list[Lowered]]:
    """The request behind `wish` and the caps that were applied; raises BadValue."""
    lowered: list[Lowered] = []
    request = Request(
        prompt=_prompt("prompt", wish.prompt),
        model=_model(wish.model, default_model),
        size=_size(wish.size),
        negative_prompt=_negative(wish.negative_prompt),
        seed=_seed(wish.seed, fresh_seed),
        steps=_steps(wish.steps, lowered, most_steps),
        guidance=_guidance(wish.guidance, lowered),
        private=wish.private,
        spoiler=wish.spoiler,
    )
    return request, lowered


def default_model(rules: ServerRules, usual: str) -> str:
    """The model of those who name none: the usual one, or the first that the server allows."""
    return rules.models[0] if rules.models and usual not in rules.models else usual


def conform(
    request: Request, rules: ServerRules, *, age_restricted: bool
) -> tuple[Request, list[Lowered]]:
    """The request as the server's rules let it pass, from whatever path it comes.

    `age_restricted` tells of the channel it was asked in. The negative prompt may name anything:
    it says what to keep out. Raises BannedWord, RestrictedOnly, BadValue.
    """
    if rules.age_rule is AgeRule.RESTRICTED_ONLY and not age_restricted:
        raise RestrictedOnly
    if holds_banned(request.prompt, rules.banned_words):
        raise BannedWord
    if rules.models and request.model not in rules.models:
        raise BadValue(option="model", given=request.model, allowed=_one_of(rules.models))
    lowered: list[Lowered] = []
    hidden = rules.age_rule is AgeRule.SPOILER_ELSEWHERE and not age_restricted
    fitting = replace(
        request,
        steps=_steps(request.steps, lowered, rules.most_steps or STEPS_MAX),
        size=_fitting(request.size, rules.largest, lowered),
        spoiler=request.spoiler or hidden,
    )
    return fitting, lowered


def model_name(text: str) -> str:
    """A model's name as Hugging Face spells them; raises BadValue."""
    return _model(text, "")


def visible(text: str) -> str:
    """`text` without control, direction and zero-width characters, which could disguise it."""
    kept = (c for c in text if c in _KEPT or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return _EDGES.sub("", "".join(kept))


def _prompt(option: str, text: str) -> str:
    prompt = visible(text)
    if not prompt:
        raise BadValue(option=option, given="nothing to read", allowed=f"1-{PROMPT_MAX} characters")
    if len(prompt) > PROMPT_MAX:
        given = f"{len(prompt):,} characters"
        raise BadValue(option=option, given=given, allowed=f"1-{PROMPT_MAX} characters")
    return prompt


def _negative(text: str | None) -> str | None:
    if text is None or not visible(text):
        return None
    return _prompt("negative_prompt", text)


def _model(model: str | None, default: str) -> str:
    if model is None:
        return default
    name = visible(model)
    if len(name) > MODEL_MAX or ".." in name or not _MODEL.fullmatch(name):
        allowed = "a name like `owner/model`, as on Hugging Face"
        raise BadValue(option="model", given=name[:MODEL_MAX], allowed=allowed)
    return name


def _size(size: str | None) -> Size | None:
    if size is None:
        return None
    try:
        return Size(size)
    except ValueError:
        allowed = ", ".join(choice.value for choice in Size)
        raise BadValue(option="size", given=size[:50], allowed=allowed) from None


def _seed(seed: int | None, fresh: int) -> int:
    if seed is None:
        return fresh
    if not 0 <= seed <= SEED_MAX:
        raise BadValue(option="seed", given=str(seed), allowed=f"0-{SEED_MAX}")
    return seed


def _steps(steps: int | None, lowered: list[Lowered], most: int) -> int | None:
    if steps is None or 1 <= steps <= most:
        return steps
    allowed = f"1-{most}"
    if steps < 1:
        raise BadValue(option="steps", given=str(steps), allowed=allowed)
    lowered.append(Lowered(option="steps", given=str(steps), allowed=allowed, used=str(most)))
    return most


def _fitting(size: Size | None, largest: Size | None, lowered: list[Lowered]) -> Size | None:
    """The size, or the largest that is allowed; a model's own size may be above it."""
    if largest is None or (size and size.area <= largest.area):
        return size
    if size is None:
        return largest
    smaller = ", ".join(choice.value for choice in Size if choice.area <= largest.area)
    cap = Lowered(option="size", given=size.value, allowed=smaller, used=largest.value)
    lowered.append(cap)
    return largest


def _one_of(models: Sequence[str]) -> str:
    named = ", ".join(models[:MODELS_NAMED])
    return f"{named}, …" if len(models) > MODELS_NAMED else named


def _guidance(guidance: float | None, lowered: list[Lowered]) -> float | None:
    if guidance is None or 0 <= guidance <= GUIDANCE_MAX:
        return guidance
    allowed = f"0-{GUIDANCE_MAX:g}"
    if not guidance > 0:  # also true of not-a-number
        raise BadValue(option="guidance", given=f"{guidance:g}", allowed=allowed)
    lowered.append(
        Lowered(option="guidance", given=f"{guidance:g}", allowed=allowed, used=f"{GUIDANCE_MAX:g}")
    )
    return GUIDANCE_MAX
