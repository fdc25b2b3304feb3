"""The rules of /admin config, one by one: how each is typed, changed and named in the audit trail.

Called by services/rules.py; the panel's parts carry the values of Rule.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import assert_never

from bot.core.banned import folded
from bot.core.checks import STEPS_MAX, model_name, visible
from bot.core.errors import BadValue
from bot.core.jobs import Size
from bot.core.servers import AgeRule, ServerRules

MOST_MODELS = 25
MOST_WORDS = 200
WORD_MAX = 60
ANY = "any"
YES, NO = "yes", "no"


class Rule(Enum):
    """What an admin may set for pictures; the value is part of a button's id."""

    MODELS = "models"
    STEPS = "steps"
    SIZE = "size"
    PRIVATE = "private"
    AGE = "age"
    WORDS = "words"


def changed(rules: ServerRules, rule: Rule, typed: str) -> ServerRules:
    """The rules with one of them as it was typed or chosen. Raises BadValue."""
    match rule:
        case Rule.MODELS:
            return replace(rules, models=_models(typed))
        case Rule.STEPS:
            return replace(rules, most_steps=_steps(typed))
        case Rule.SIZE:
            return replace(rules, largest=_size(typed))
        case Rule.PRIVATE:
            return replace(rules, private_by_default=_choice(rule, typed, (YES, NO)) == YES)
        case Rule.AGE:
            allowed = [age_rule.value for age_rule in AgeRule]
            return replace(rules, age_rule=AgeRule(_choice(rule, typed, allowed)))
        case Rule.WORDS:
            return replace(rules, banned_words=_words(typed))
        case _:
            assert_never(rule)


def named(rules: ServerRules, rule: Rule) -> str:
    """How a rule stands, for the audit trail; banned words are counted, not repeated."""
    match rule:
        case Rule.MODELS:
            return ", ".join(rules.models) or "all models"
        case Rule.STEPS:
            return f"at most {rules.most_steps or STEPS_MAX} steps"
        case Rule.SIZE:
            return f"at most {rules.largest.value}" if rules.largest else "any size"
        case Rule.PRIVATE:
            return "private by default" if rules.private_by_default else "public by default"
        case Rule.AGE:
            return rules.age_rule.value.replace("_", " ")
        case Rule.WORDS:
            return f"{len(rules.banned_words)} banned words or phrases"
        case _:
            assert_never(rule)


def _lines(typed: str) -> list[str]:
    """What stands on the lines, each once."""
    return list(dict.fromkeys(filter(None, (visible(line) for line in typed.splitlines()))))


def _models(typed: str) -> tuple[str, ...]:
    models = tuple(model_name(line) for line in _lines(typed.replace(",", "\n")))
    _check_count("models", len(models), MOST_MODELS)
    return models


_LONG = 10  # more digits than any number of steps


def _steps(typed: str) -> int | None:
    given = typed.strip()
    if not given:
        return None
    if given.isascii() and given.isdigit() and len(given) < _LONG and 1 <= int(given) <= STEPS_MAX:
        return int(given)
    raise BadValue(option="most steps", given=given[:50], allowed=f"1-{STEPS_MAX}")


def _size(chosen: str) -> Size | None:
    value = _choice(Rule.SIZE, chosen, [ANY, *(size.value for size in Size)])
    return None if value == ANY else Size(value)


def _words(typed: str) -> tuple[str, ...]:
    """Words and phrases, each once however it is written."""
    words: dict[str, str] = {}
    for line in _lines(typed):
        fold = folded(line)
        if not fold or len(line) > WORD_MAX:
            allowed = f"words or phrases of 1-{WORD_MAX} characters, one a line"
            raise BadValue(option="banned words", given=line[:50], allowed=allowed)
        words.setdefault(fold, line)
    _check_count("banned words", len(words), MOST_WORDS)
    return tuple(words.values())


def _choice(rule: Rule, chosen: str, allowed: Sequence[str]) -> str:
    """The choice, if it is one: a forged press may send anything."""
    if chosen not in allowed:
        raise BadValue(option=rule.value, given=chosen[:50], allowed=", ".join(allowed))
    return chosen


def _check_count(option: str, count: int, most: int) -> None:
    if count > most:
        raise BadValue(option=option, given=str(count), allowed=f"at most {most} lines")
