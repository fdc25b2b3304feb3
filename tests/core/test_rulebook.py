"""The rules of /admin config: what may be typed, what it changes, how it is named."""

from dataclasses import replace

import pytest

from bot.core.errors import BadValue
from bot.core.jobs import Size
from bot.core.rulebook import MOST_MODELS, MOST_WORDS, Rule, changed, named
from bot.core.servers import AgeRule, ServerRules

NONE = ServerRules()


@pytest.mark.parametrize(
    ("rule", "typed", "then", "said"),
    [
        (Rule.MODELS, "a/one\n\n b/two \na/one", {"models": ("a/one", "b/two")}, "a/one, b/two"),
        (Rule.MODELS, " ", {}, "all models"),
        (Rule.STEPS, " 12 ", {"most_steps": 12}, "at most 12 steps"),
        (Rule.STEPS, "", {}, "at most 50 steps"),
        (Rule.SIZE, "portrait", {"largest": Size.PORTRAIT}, "at most portrait"),
        (Rule.SIZE, "any", {}, "any size"),
        (Rule.PRIVATE, "yes", {"private_by_default": True}, "private by default"),
        (Rule.PRIVATE, "no", {}, "public by default"),
        (Rule.AGE, "restricted_only", {"age_rule": AgeRule.RESTRICTED_ONLY}, "restricted only"),
        (Rule.AGE, "anywhere", {}, "anywhere"),
        (
            Rule.WORDS,
            "Rude\n\nworse thing\nRUDE\nrüde",
            {"banned_words": ("Rude", "worse thing")},
            "2 banned words or phrases",
        ),
        (Rule.WORDS, "", {}, "0 banned words or phrases"),
    ],
)
def test_a_rule_is_changed_as_it_was_typed(
    rule: Rule, typed: str, then: dict[str, object], said: str
) -> None:
    after = changed(NONE, rule, typed)
    assert after == replace(NONE, **then)
    assert named(after, rule) == said


@pytest.mark.parametrize(
    ("rule", "typed", "option"),
    [
        (Rule.MODELS, "no such name", "model"),
        (Rule.MODELS, "\n".join(f"a/m{n}" for n in range(MOST_MODELS + 1)), "models"),
        (Rule.STEPS, "0", "most steps"),
        (Rule.STEPS, "51", "most steps"),
        (Rule.STEPS, "00000000199999", "most steps"),
        (Rule.STEPS, "9" * 5000, "most steps"),
        (Rule.STEPS, "²", "most steps"),
        (Rule.STEPS, "a few", "most steps"),
        (Rule.SIZE, "huge", "size"),
        (Rule.PRIVATE, "", "private"),
        (Rule.AGE, "nowhere", "age"),
        (Rule.WORDS, "...", "banned words"),
        (Rule.WORDS, "x" * 61, "banned words"),
        (Rule.WORDS, "\n".join(f"w{n}" for n in range(MOST_WORDS + 1)), "banned words"),
    ],
)
def test_what_cannot_be_is_refused(rule: Rule, typed: str, option: str) -> None:
    with pytest.raises(BadValue) as refused:
        changed(NONE, rule, typed)
    assert refused.value.option == option


def test_one_rule_leaves_the_others_alone() -> None:
    rules = replace(NONE, models=("a/b",), most_steps=5)
    assert changed(rules, Rule.AGE, "anywhere") == rules
