"""Blocks that end by themselves, and where a picture may appear."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.servers import AgeRule, Block, Showing, showing
from tests.factories import ANA, BO, START_AT

HOUR = timedelta(hours=1)
BLOCK = Block(user_id=ANA, by=BO, at=START_AT, until_at=START_AT + HOUR)


def test_a_block_holds_until_its_end_or_for_good() -> None:
    assert BLOCK.holds(START_AT)
    assert not BLOCK.holds(START_AT + HOUR)
    assert replace(BLOCK, until_at=None).holds(START_AT + 1000 * HOUR)


OPEN, HIDDEN, NOT = Showing.OPENLY, Showing.BEHIND_SPOILER, Showing.NOT_HERE


@pytest.mark.parametrize("rule", list(AgeRule))
def test_everything_is_shown_in_an_age_restricted_channel(rule: AgeRule) -> None:
    for made in (True, False):
        assert showing(rule, made_restricted=made, here_restricted=True) is OPEN


@pytest.mark.parametrize(
    ("rule", "made_open", "made_restricted"),
    [
        (AgeRule.ANYWHERE, OPEN, NOT),
        (AgeRule.SPOILER_ELSEWHERE, HIDDEN, NOT),
        (AgeRule.RESTRICTED_ONLY, NOT, NOT),
    ],
)
def test_elsewhere_the_rule_decides_but_never_lets_out_what_was_made_inside(
    rule: AgeRule, made_open: Showing, made_restricted: Showing
) -> None:
    assert showing(rule, made_restricted=False, here_restricted=False) is made_open
    assert showing(rule, made_restricted=True, here_restricted=False) is made_restricted
