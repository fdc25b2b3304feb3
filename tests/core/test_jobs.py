"""Jobs: the states and what follows them, sizes, and secrets that stay out of the log."""

from dataclasses import replace

import pytest

from bot.core.jobs import FOLLOWS, Size, Status, describe
from bot.core.outbox import Delivery
from tests.factories import (
    START_AT,
    make_full_request,
    make_job,
    make_origin,
    make_picture,
    make_result,
)


@pytest.mark.parametrize(
    ("status", "final"),
    [
        (Status.QUEUED, False),
        (Status.LEASED, False),
        (Status.SENT, False),
        (Status.DONE, True),
        (Status.FAILED, True),
        (Status.CANCELLED, True),
    ],
)
def test_only_an_end_is_final(status: Status, final: bool) -> None:
    assert status.final is final


def test_nothing_follows_a_final_state_and_something_every_other() -> None:
    assert {status for status in Status if not FOLLOWS[status]} == {
        status for status in Status if status.final
    }


def test_what_was_sent_cannot_be_withdrawn() -> None:
    assert Status.CANCELLED not in FOLLOWS[Status.SENT]


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        (Size.SQUARE_512, (512, 512)),
        (Size.SQUARE_1024, (1024, 1024)),
        (Size.PORTRAIT, (768, 1024)),
        (Size.LANDSCAPE, (1024, 768)),
        (Size.WIDE, (1344, 768)),
    ],
)
def test_a_size_names_its_pixels(size: Size, pixels: tuple[int, int]) -> None:
    assert size.pixels == pixels


def test_another_seed_changes_nothing_else() -> None:
    request = make_full_request()
    assert request.with_seed(99) == replace(request, seed=99)


def test_what_a_card_shows_of_a_request_is_all_that_is_shared() -> None:
    request = make_full_request()
    kept = replace(request, negative_prompt=None, steps=None, guidance=None, private=False)
    assert replace(request, private=True).shown() == kept


def test_a_result_keeps_the_facts_of_its_picture() -> None:
    assert describe(make_picture(), "job1.1") == make_result("job1.1")


def test_an_origin_never_shows_its_token() -> None:
    assert repr(make_origin(5)) == "Origin(interaction_id=5, user_id=1)"


def test_a_delivery_never_shows_its_token() -> None:
    delivery = Delivery(
        job=make_job(),
        application_id=9,
        token="interaction-token",  # noqa: S106 - opens nothing
        token_ends_at=START_AT,
        card_id=None,
    )
    assert repr(delivery) == "Delivery(job=job1, tries=0)"
