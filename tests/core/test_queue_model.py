"""The estimate against what then really happens, played instant by instant with the same rule.

The play below knows no hold's end: it looks again at every instant at which anything can change.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.access import UserId
from bot.core.fairness import MEMORY, Waiting
from bot.core.prices import RESERVED_PER_IMAGE_NUSD
from bot.core.queue import Slot, Snapshot, decide, places
from bot.core.windows import SPACING_GUARD, Call, Hold, Limit
from tests.factories import (
    START_AT,
    at,
    make_limits,
    make_slot,
    make_snapshot,
    make_waiting,
    make_window,
    seconds,
)

LENGTH = seconds(8)
NEXT_MONTH = datetime(2026, 12, 1, tzinfo=START_AT.tzinfo)
USERS = st.integers(min_value=1, max_value=4)

WAITING = st.lists(
    st.tuples(USERS, st.integers(1, 2), st.integers(min_value=0, max_value=600)), max_size=8
)
PAST = st.lists(
    st.tuples(USERS, st.integers(min_value=-4000, max_value=-9), st.integers(0, 30)), max_size=8
)
HOURS = st.one_of(st.none(), st.integers(min_value=1, max_value=6))


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    windows = [make_window(Limit.HOUR, hour)] if (hour := draw(HOURS)) else []
    if spacing := draw(st.integers(min_value=0, max_value=20)):
        windows.append(make_window(Limit.SPACING, 1, spacing))
    limits = make_limits(
        *windows,
        in_flight=draw(st.integers(1, 3)),
        reserve=draw(st.integers(0, 4)),
        money_nusd=draw(st.one_of(st.none(), st.integers(1, 9))),
    )
    if limits.money_nusd:
        limits = replace(limits, money_nusd=limits.money_nusd * RESERVED_PER_IMAGE_NUSD)
    line = draw(WAITING)
    weights = {user: weight for user, weight, _ in line}
    waiting = tuple(
        make_waiting(n, UserId(user), weight=weights[user], ready=max(ready - 300, 0))
        for n, (user, _, ready) in enumerate(line, start=1)
    )
    past = tuple(
        make_slot(UserId(user), sent, min(sent + took, 0)) for user, sent, took in draw(PAST)
    )
    air = tuple(
        make_slot(UserId(user), -5) for user in draw(st.lists(USERS, max_size=limits.in_flight))
    )
    return make_snapshot(limits, waiting, past + air)


def seen(slots: list[Slot], now_at: datetime) -> tuple[Slot, ...]:
    """Calls whose answer is still to come have none yet."""
    return tuple(
        slot
        if slot.call.answered_at and slot.call.answered_at <= now_at
        else replace(slot, call=replace(slot.call, answered_at=None))
        for slot in slots
    )


def instants(snapshot: Snapshot, slots: list[Slot]) -> Iterator[datetime]:
    """Everything that can change a decision."""
    yield NEXT_MONTH
    yield from (job.ready_at for job in snapshot.waiting)
    for slot in slots:
        sent_at, answered_at = slot.call.sent_at, slot.call.answered_at
        yield sent_at + MEMORY
        for window in snapshot.limits.windows:
            yield sent_at + window.period + SPACING_GUARD
            yield (answered_at or sent_at) + window.period
        if answered_at:
            yield answered_at


def ended(slot: Slot) -> Slot:
    call = slot.call
    return replace(slot, call=replace(call, answered_at=call.answered_at or call.sent_at + LENGTH))


def play(snapshot: Snapshot) -> dict[int, datetime]:
    """When each job really starts."""
    started: dict[int, datetime] = {}
    slots = [ended(slot) for slot in snapshot.slots]
    now_at, spent, waiting = snapshot.now_at, snapshot.spent_nusd, snapshot.waiting
    while waiting:
        state = replace(
            snapshot, now_at=now_at, slots=seen(slots, now_at), waiting=waiting, spent_nusd=spent
        )
        turn = decide(state)
        if isinstance(turn, Hold):
            later = [instant for instant in instants(state, slots) if instant > now_at]
            if not later or now_at >= NEXT_MONTH:
                break
            now_at = min(later)
            spent = 0 if now_at == NEXT_MONTH else spent
            continue
        started[turn.job_id] = now_at
        call = Call(sent_at=now_at, answered_at=now_at + LENGTH)
        slots.append(Slot(user_id=turn.user_id, call=call))
        spent += RESERVED_PER_IMAGE_NUSD
        waiting = without(waiting, turn)
    return started


def without(waiting: tuple[Waiting, ...], turn: Waiting) -> tuple[Waiting, ...]:
    return tuple(job for job in waiting if job is not turn)


@settings(max_examples=1000)
@given(snapshots())
def test_every_job_starts_exactly_when_its_place_said(snapshot: Snapshot) -> None:
    promised = {job_id: place.starts_at for job_id, place in places(snapshot, LENGTH).items()}
    this_month = {job: start for job, start in promised.items() if start < NEXT_MONTH}
    real = {job: start for job, start in play(snapshot).items() if start < NEXT_MONTH}
    assert this_month == real


@settings(max_examples=300)
@given(snapshots(), st.integers(min_value=0, max_value=30))
def test_slower_calls_than_thought_make_nothing_start_earlier_one_by_one(
    snapshot: Snapshot, more: int
) -> None:
    alone = replace(snapshot, limits=replace(snapshot.limits, reserve=0, in_flight=1))
    only = replace(alone, waiting=alone.waiting[:1], slots=alone.slots[:5])
    quick, slow = places(only, LENGTH), places(only, LENGTH + timedelta(seconds=more))
    assert all(quick[job].starts_at <= slow[job].starts_at for job in slow)


@settings(max_examples=300)
@given(snapshots())
def test_positions_count_up_without_gaps_in_order_of_start(snapshot: Snapshot) -> None:
    found = sorted(places(snapshot, LENGTH).values(), key=lambda place: place.position)
    assert [place.position for place in found] == list(range(1, len(found) + 1))
    assert [place.starts_at for place in found] == sorted(place.starts_at for place in found)
    assert {place.of for place in found} <= {len(snapshot.waiting)}


@settings(max_examples=300)
@given(snapshots())
def test_whoever_may_go_now_is_first_and_starts_now(snapshot: Snapshot) -> None:
    now = decide(snapshot)
    if isinstance(now, Hold):
        return
    first = places(snapshot, LENGTH)[now.job_id]
    assert (first.position, first.starts_at) == (1, at(0))
