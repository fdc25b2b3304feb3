"""The queue as a rule: what may go now, what holds it, and where everybody stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.outcomes import PauseKind
from bot.core.prices import RESERVED_PER_IMAGE_NUSD
from bot.core.queue import MOST_PLAYED, Place, Rest, decide, month_of, places, slots_of
from bot.core.servers import QueueHold, QueueState
from bot.core.windows import Hold, Limit
from tests.factories import (
    ANA,
    BO,
    CY,
    GUILD,
    OTHER_GUILD,
    at,
    make_limits,
    make_slot,
    make_snapshot,
    make_waiting,
    make_window,
    seconds,
)

EIGHT = seconds(8)
HOUR_OF_TWO = make_limits(make_window(Limit.HOUR, 2))
ONE_IMAGE = RESERVED_PER_IMAGE_NUSD
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def starts(snapshot_places: dict[int, Place]) -> dict[int, datetime]:
    return {job_id: place.starts_at for job_id, place in snapshot_places.items()}


def test_an_empty_queue_holds_until_somebody_comes() -> None:
    assert decide(make_snapshot()) == Hold(limit=None, until_at=None)


def test_with_room_it_is_the_turn_of_the_fair_choice() -> None:
    snapshot = make_snapshot(
        waiting=(make_waiting(1, ANA), make_waiting(2, BO)), slots=(make_slot(ANA, -9, -5),)
    )
    assert decide(snapshot) == make_waiting(2, BO)


def test_a_pause_holds_everybody_until_its_end() -> None:
    rest = Rest(kind=PauseKind.SLOW_DOWN, until_at=at(60))
    held = decide(make_snapshot(waiting=(make_waiting(),), rest=rest))
    assert held == Hold(limit=None, until_at=at(60))


def test_a_full_window_holds_everybody() -> None:
    slots = (make_slot(ANA, -20, -10), make_slot(BO, -9, -5))
    held = decide(make_snapshot(HOUR_OF_TWO, (make_waiting(),), slots))
    assert held == Hold(limit=Limit.HOUR, until_at=at(3590))


def test_a_wait_for_another_try_holds_until_the_first_is_ready() -> None:
    waiting = (make_waiting(1, ready=30), make_waiting(2, ready=20))
    assert decide(make_snapshot(waiting=waiting)) == Hold(limit=None, until_at=at(20))


def test_spent_money_holds_until_the_next_month() -> None:
    limits = make_limits(money_nusd=3 * ONE_IMAGE)
    waiting = (make_waiting(),)
    assert decide(make_snapshot(limits, waiting, spent_nusd=2 * ONE_IMAGE)) == make_waiting()
    held = decide(make_snapshot(limits, waiting, spent_nusd=2 * ONE_IMAGE + 1))
    assert held == Hold(limit=Limit.MONEY, until_at=DECEMBER)


def test_december_is_followed_by_january() -> None:
    snapshot = make_snapshot(
        make_limits(money_nusd=ONE_IMAGE), (make_waiting(),), spent_nusd=ONE_IMAGE
    )
    held = decide(replace(snapshot, now_at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC)))
    assert held == Hold(limit=Limit.MONEY, until_at=datetime(2027, 1, 1, tzinfo=UTC))


def test_a_limit_below_one_picture_holds_without_an_end() -> None:
    held = decide(make_snapshot(make_limits(money_nusd=ONE_IMAGE - 1), (make_waiting(),)))
    assert held == Hold(limit=Limit.MONEY, until_at=None)


RESERVE = make_limits(make_window(Limit.HOUR, 4), reserve=2)
HEAVY = (make_slot(ANA, -1000, -900), make_slot(ANA, -800, -700))


def test_the_reserve_lets_light_users_pass() -> None:
    snapshot = make_snapshot(RESERVE, (make_waiting(1, ANA), make_waiting(2, BO)), HEAVY)
    assert decide(snapshot) == make_waiting(2, BO)


def test_the_reserve_holds_a_heavy_user_until_they_are_light_again() -> None:
    held = decide(make_snapshot(RESERVE, (make_waiting(1, ANA),), HEAVY))
    assert held == Hold(limit=Limit.RESERVE, until_at=at(2600))
    again = decide(make_snapshot(RESERVE, (make_waiting(1, ANA),), HEAVY, now=2600))
    assert again == make_waiting(1, ANA)


def test_the_reserve_holds_a_heavy_user_until_the_open_part_has_room() -> None:
    slots = (make_slot(BO, -3000, -2990), make_slot(ANA, -500, -490), make_slot(ANA, -90, -80))
    limits = make_limits(make_window(Limit.HOUR, 5), reserve=2)
    held = decide(make_snapshot(limits, (make_waiting(1, ANA),), slots))
    assert held == Hold(limit=Limit.RESERVE, until_at=at(610))


def test_the_reserve_holds_a_heavy_user_until_a_light_one_is_ready() -> None:
    waiting = (make_waiting(1, ANA), make_waiting(2, BO, ready=40))
    held = decide(make_snapshot(RESERVE, waiting, HEAVY))
    assert held == Hold(limit=Limit.RESERVE, until_at=at(40))


def test_a_reserve_as_large_as_the_window_still_lets_everybody_go_in_the_end() -> None:
    limits = make_limits(make_window(Limit.HOUR, 4), reserve=9)
    held = decide(make_snapshot(limits, (make_waiting(1, ANA),), HEAVY))
    assert held == Hold(limit=Limit.RESERVE, until_at=at(2600))


def test_the_reserve_is_no_reason_when_nobody_is_ready() -> None:
    held = decide(make_snapshot(RESERVE, (make_waiting(1, ANA, ready=5),), HEAVY))
    assert held == Hold(limit=None, until_at=at(5))


def test_without_an_hourly_window_there_is_nothing_to_reserve() -> None:
    snapshot = make_snapshot(make_limits(reserve=9), (make_waiting(1, ANA),), HEAVY)
    assert decide(snapshot) == make_waiting(1, ANA)


def test_an_open_part_with_room_is_for_everybody() -> None:
    snapshot = make_snapshot(RESERVE, (make_waiting(1, BO),), (make_slot(BO, -9, -5),))
    assert decide(snapshot) == make_waiting(1, BO)


def test_slots_older_than_an_hour_are_forgotten() -> None:
    slots = [make_slot(ANA, -3600, -3590), make_slot(ANA, -3599, -3590), make_slot(BO, -9)]
    assert slots_of(slots, at(0)) == {ANA: 1, BO: 1}


def test_money_is_counted_by_the_month() -> None:
    assert month_of(at(0)) == "2026-11"


def test_everybody_has_a_place_a_start_and_what_holds_it() -> None:
    limits = make_limits(make_window(Limit.SPACING, 1, 2), make_window(Limit.HOUR, 3))
    waiting = (make_waiting(1, ANA), make_waiting(2, ANA), make_waiting(3, BO))
    snapshot = make_snapshot(limits, waiting, (make_slot(CY, -3),))
    assert places(snapshot, EIGHT) == {
        1: Place(position=1, of=3, starts_at=at(7), held_by=Limit.SPACING),
        3: Place(position=2, of=3, starts_at=at(17), held_by=Limit.SPACING),
        2: Place(position=3, of=3, starts_at=at(3605), held_by=Limit.HOUR),
    }


def test_a_job_that_waits_only_for_its_turn_is_held_by_nothing() -> None:
    assert places(make_snapshot(waiting=(make_waiting(),)), EIGHT) == {
        1: Place(position=1, of=1, starts_at=at(0), held_by=None)
    }


def test_a_call_that_takes_longer_than_usual_is_taken_to_end_now() -> None:
    snapshot = make_snapshot(make_limits(), (make_waiting(),), (make_slot(BO, -60),))
    assert starts(places(snapshot, EIGHT)) == {1: at(0)}


def test_a_pause_with_an_end_moves_every_start_behind_it() -> None:
    rest = Rest(kind=PauseKind.CREDIT, until_at=at(60))
    snapshot = make_snapshot(waiting=(make_waiting(),), rest=rest)
    assert starts(places(snapshot, EIGHT)) == {1: at(60)}


def test_a_pause_without_an_end_is_left_out_of_the_estimate() -> None:
    rest = Rest(kind=PauseKind.ADMIN, until_at=None, reason="tidying up")
    snapshot = make_snapshot(waiting=(make_waiting(),), rest=rest)
    assert starts(places(snapshot, EIGHT)) == {1: at(0)}


def test_what_no_clock_can_tell_gives_no_place() -> None:
    shut = make_limits(make_window(Limit.HOUR, 30, taught=0))
    assert places(make_snapshot(shut, (make_waiting(),)), EIGHT) == {}


def test_when_the_money_is_spent_the_next_month_brings_new() -> None:
    limits = make_limits(money_nusd=ONE_IMAGE)
    waiting = (make_waiting(1), make_waiting(2))
    assert places(make_snapshot(limits, waiting, spent_nusd=ONE_IMAGE), EIGHT) == {
        1: Place(position=1, of=2, starts_at=DECEMBER, held_by=Limit.MONEY),
        2: Place(
            position=2,
            of=2,
            starts_at=datetime(2027, 1, 1, tzinfo=UTC),
            held_by=Limit.MONEY,
        ),
    }


def test_a_pause_beyond_the_month_brings_new_money() -> None:
    rest = Rest(kind=PauseKind.CREDIT, until_at=DECEMBER + timedelta(hours=1))
    limits = make_limits(money_nusd=ONE_IMAGE)
    snapshot = make_snapshot(limits, (make_waiting(),), rest=rest, spent_nusd=ONE_IMAGE)
    assert starts(places(snapshot, EIGHT)) == {1: DECEMBER + timedelta(hours=1)}


def test_nobody_beyond_the_two_hundredth_has_a_place() -> None:
    waiting = tuple(make_waiting(n) for n in range(1, MOST_PLAYED + 3))
    found = places(make_snapshot(waiting=waiting), EIGHT)
    assert [found[job.job_id].position for job in waiting[:200]] == list(range(1, 201))
    assert {place.of for place in found.values()} == {202}
    assert waiting[200].job_id not in found


def test_jobs_of_a_paused_server_have_no_place_and_stand_in_nobodys_way() -> None:
    waiting = (
        make_waiting(1, ANA),
        make_waiting(2, ANA, guild_id=OTHER_GUILD),
        make_waiting(3, BO, guild_id=OTHER_GUILD),
    )
    for state, placed in ((QueueState.PAUSED, {2, 3}), (QueueState.DRAINING, {1, 2, 3})):
        held = replace(make_snapshot(waiting=waiting), holds={GUILD: QueueHold(state=state)})
        assert set(places(held)) == placed
        assert held.hold_of(GUILD).state is state
        assert held.hold_of(OTHER_GUILD) == QueueHold()
