"""What a server decided is heeded when a result is told."""

from dataclasses import replace
from typing import Any, cast

import pytest

from bot.core.errors import Cause
from bot.core.jobs import Job, Status
from bot.core.servers import AgeRule
from tests.cogs.jobs import job, request
from tests.cogs.test_delivery import DONE, Post, delivery

WITHDRAWN = job(status=Status.CANCELLED, cause=Cause.CLEARED, request=request(private=True))


@pytest.mark.parametrize("reachable", [True, False])
async def test_who_cannot_see_the_card_any_more_is_told_later_of_a_cleared_queue(
    *, reachable: bool
) -> None:
    post = Post()
    cast("Any", post.ladder).reachable = lambda _: reachable
    assert await post.tell(delivery(WITHDRAWN)) == ["done"]
    assert (post.outbox.log[-1][1] is not None) is reachable


RESTRICTED = replace(DONE, age_restricted=True)


@pytest.mark.parametrize(
    ("made", "rule", "nsfw", "shown", "hidden"),
    [
        (DONE, AgeRule.ANYWHERE, False, True, False),
        (RESTRICTED, AgeRule.ANYWHERE, True, True, False),
        (RESTRICTED, AgeRule.ANYWHERE, False, False, False),
        (DONE, AgeRule.SPOILER_ELSEWHERE, False, True, True),
        (DONE, AgeRule.RESTRICTED_ONLY, False, False, False),
    ],
)
async def test_a_picture_is_shown_as_the_channel_of_this_moment_allows(
    made: Job, rule: AgeRule, *, nsfw: bool, shown: bool, hidden: bool
) -> None:
    post = Post(rule=rule, nsfw=nsfw)
    assert await post.tell(delivery(made)) == ["begin", "done"]
    parcel = post.ladder.told[0]
    assert (parcel.picture is not None) is shown
    assert [file.spoiler for file in parcel.files()] == ([hidden] if shown else [])
    if not shown:
        assert f"/jobs show job:{made.key}" in str(parcel.card.description)
