"""A request as the rules of a server let it pass."""

from dataclasses import replace

import pytest

from bot.core.checks import Lowered, check, conform, default_model
from bot.core.errors import BadValue, BannedWord, RestrictedOnly
from bot.core.jobs import Request, Size
from bot.core.servers import AgeRule, ServerRules
from tests.factories import MODEL, make_full_request, make_request, make_wish

RULES = ServerRules()
PLAIN = make_request()


def passed(request: Request, rules: ServerRules, *, age_restricted: bool = False) -> Request:
    return conform(request, rules, age_restricted=age_restricted)[0]


def test_a_server_without_rules_lets_everything_pass() -> None:
    for request in (PLAIN, make_full_request()):
        assert conform(request, RULES, age_restricted=False) == (request, [])


def test_a_banned_word_is_refused_in_a_prompt_and_may_be_kept_out_of_a_picture() -> None:
    rules = replace(RULES, banned_words=("fog",))
    with pytest.raises(BannedWord):
        passed(make_request("Fóg at dawn"), rules)
    assert passed(make_full_request(), rules).negative_prompt == "fog"


def test_only_allowed_models_pass_and_a_refusal_names_some() -> None:
    assert passed(PLAIN, replace(RULES, models=("x/y", MODEL))) == PLAIN
    with pytest.raises(BadValue) as refused:
        passed(PLAIN, replace(RULES, models=("a/b", "c/d")))
    assert (refused.value.option, refused.value.given) == ("model", MODEL)
    assert refused.value.allowed == "a/b, c/d"
    with pytest.raises(BadValue) as refused:
        passed(PLAIN, replace(RULES, models=tuple(f"a/{n}" for n in range(6))))
    assert refused.value.allowed == "a/0, a/1, a/2, a/3, a/4, …"


def test_who_names_no_model_gets_one_that_is_allowed() -> None:
    assert default_model(RULES, MODEL) == MODEL
    assert default_model(replace(RULES, models=("a/b", MODEL)), MODEL) == MODEL
    assert default_model(replace(RULES, models=("a/b", "c/d")), MODEL) == "a/b"


def test_caps_lower_and_say_so() -> None:
    rules = replace(RULES, most_steps=10, largest=Size.SQUARE_512)
    request, lowered = conform(make_full_request(), rules, age_restricted=False)
    assert (request.steps, request.size) == (10, Size.SQUARE_512)
    assert lowered == [
        Lowered(option="steps", given="20", allowed="1-10", used="10"),
        Lowered(option="size", given="landscape", allowed="square-512", used="square-512"),
    ]


def test_a_size_within_the_cap_stays_and_none_becomes_the_largest() -> None:
    rules = replace(RULES, largest=Size.LANDSCAPE)
    for size, used in ((Size.PORTRAIT, Size.PORTRAIT), (None, Size.LANDSCAPE)):
        request, lowered = conform(replace(PLAIN, size=size), rules, age_restricted=False)
        assert (request.size, lowered) == (used, [])


def test_the_cap_of_steps_is_said_once_from_the_first_check() -> None:
    wish = replace(make_wish(), steps=200)
    request, lowered = check(wish, default_model=MODEL, fresh_seed=1, most_steps=10)
    assert lowered == [Lowered(option="steps", given="200", allowed="1-10", used="10")]
    assert conform(request, replace(RULES, most_steps=10), age_restricted=False)[1] == []


@pytest.mark.parametrize("age_restricted", [True, False])
def test_the_age_rule_looks_at_the_channel(*, age_restricted: bool) -> None:
    hiding = replace(RULES, age_rule=AgeRule.SPOILER_ELSEWHERE)
    assert passed(PLAIN, hiding, age_restricted=age_restricted).spoiler is not age_restricted
    strict = replace(RULES, age_rule=AgeRule.RESTRICTED_ONLY)
    if age_restricted:
        assert passed(PLAIN, strict, age_restricted=True) == PLAIN
        return
    with pytest.raises(RestrictedOnly):
        passed(PLAIN, strict)
