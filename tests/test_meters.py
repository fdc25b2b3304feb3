"""What the process counts: the page of numbers, the metered painter, the first answers."""

import asyncio
import re
from contextlib import nullcontext, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
import yarl

from bot.acknowledgements import MOST_OPEN, Acknowledgements
from bot.core.errors import Cause, Failed, Reach, Unavailable
from bot.core.jobs import Picture, Request
from bot.core.queue import Slot, Snapshot
from bot.core.windows import PRESETS, Call, Limits
from bot.meters import LAG_EVERY_S, MeteredPainter, Meters
from tests.factories import ANA, START_AT, make_picture, make_request, seconds


def lane(limits: Limits = PRESETS["free"], calls: int = 0) -> Snapshot:
    call = Call(sent_at=START_AT - seconds(120), answered_at=START_AT - seconds(110))
    slots = tuple(Slot(user_id=ANA, call=call) for _ in range(calls))
    return Snapshot(now_at=START_AT, limits=limits, rest=None, slots=slots, waiting=())


async def page(meters: Meters, seen: Snapshot | None = None) -> str:
    async def look() -> Snapshot:
        if seen is None:
            raise Unavailable(what="ledger", reason="gone")
        return seen

    return (await meters.page(look)).decode()


async def test_each_window_shows_what_it_would_still_let_pass() -> None:
    said = await page(Meters(), lane(calls=4))
    assert "hugops_queue_waiting_jobs 0.0\n" in said
    found = dict(re.findall(r'hugops_window_headroom_calls{window="(\w+)"} (\S+)', said))
    assert found == {"spacing": "1.0", "hour": "26.0", "day": "996.0", "unsettled": "5.0"}


async def test_a_lowered_window_has_no_room_rather_than_less_than_none() -> None:
    hour = PRESETS["free"].windows[1]
    lowered = replace(PRESETS["free"], windows=(replace(hour, in_force=2),))
    assert 'hugops_window_headroom_calls{window="hour"} 0.0\n' in await page(
        Meters(), lane(lowered, calls=4)
    )


async def test_without_a_ledger_the_queue_is_unknown_and_the_rest_is_told() -> None:
    meters = Meters()
    await page(meters, lane())
    said = await page(meters)
    assert "hugops_queue_waiting_jobs NaN\n" in said
    assert "hugops_window_headroom_calls{" not in said
    assert 'hugops_upstream_calls_total{outcome="picture"} 0.0\n' in said


async def test_the_loop_is_timed() -> None:
    meters = Meters()
    watching = asyncio.create_task(meters.watch_loop())
    await asyncio.sleep(LAG_EVERY_S * 1.5)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    assert "hugops_loop_lag_seconds_count 1.0\n" in await page(meters)


class Painter:
    def __init__(self, error: BaseException | None = None) -> None:
        self._error = error

    async def paint(self, request: Request) -> Picture:
        if self._error:
            raise self._error
        return make_picture()


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "picture"),
        (Failed(cause=Cause.SLOW_DOWN, reach=Reach.REJECTED), "slow_down"),
        (asyncio.CancelledError(), "restarted"),
        (KeyError("a bug"), "our_fault"),
    ],
)
async def test_a_call_is_counted_by_what_became_of_it(
    error: BaseException | None, outcome: str
) -> None:
    counted: list[str] = []
    painter = MeteredPainter(Painter(error), lambda outcome, _seconds: counted.append(outcome))
    passed_on = pytest.raises(type(error)) if error else nullcontext()
    with passed_on:
        assert await painter.paint(make_request()) == make_picture()
    assert counted == [outcome]


async def ended(acknowledgements: Acknowledgements, path: str, status: int = 204) -> None:
    params = SimpleNamespace(
        url=yarl.URL("http://127.0.0.1") / path, response=SimpleNamespace(status=status)
    )
    (told,) = acknowledgements.trace.on_request_end
    await cast("Any", told)(cast("aiohttp.ClientSession", None), SimpleNamespace(), params)


async def test_only_the_first_answer_that_was_taken_is_timed() -> None:
    answers: list[str] = []
    acknowledgements = Acknowledgements(lambda kind, _seconds: answers.append(kind))
    acknowledgements.arrived(7, "component")
    await ended(acknowledgements, "api/v10/webhooks/7/token/messages/@original")
    await ended(acknowledgements, "api/v10/interactions/7/token/callback", status=500)
    assert answers == []
    await ended(acknowledgements, "api/v10/interactions/7/token/callback")
    await ended(acknowledgements, "api/v10/interactions/7/token/callback")
    assert answers == ["component"]


async def test_interactions_that_nobody_answers_do_not_pile_up() -> None:
    answers: list[str] = []
    acknowledgements = Acknowledgements(lambda kind, _seconds: answers.append(kind))
    for number in range(MOST_OPEN + 1):
        acknowledgements.arrived(number, "ping")
    await ended(acknowledgements, "api/v10/interactions/0/token/callback")
    await ended(acknowledgements, f"api/v10/interactions/{MOST_OPEN}/token/callback")
    assert answers == ["ping"]
