"""Whose turn it is: fewest slots in the trailing hour, weighted, then first come."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.access import Role, UserId
from bot.core.fairness import Waiting, next_turn, weight_of
from bot.core.queue import places
from bot.core.windows import Limit
from tests.factories import (
    ANA,
    BO,
    CY,
    at,
    make_limits,
    make_slot,
    make_snapshot,
    make_waiting,
    make_window,
    seconds,
)

LENGTH = seconds(8)


def turn(waiting: list[Waiting], slots: dict[UserId, int], *, light_only: bool = False) -> int:
    chosen = next_turn(waiting, slots, at(0), light_only=light_only)
    return chosen.job_id if chosen else 0


def test_nobody_waits_so_it_is_nobodys_turn() -> None:
    assert turn([], {}) == 0


def test_with_equal_use_the_first_to_come_goes_first() -> None:
    assert turn([make_waiting(2, BO), make_waiting(1, ANA)], {}) == 1


def test_whoever_used_less_goes_first() -> None:
    assert turn([make_waiting(1, ANA), make_waiting(2, BO)], {ANA: 1}) == 2


def test_a_weight_of_two_halves_what_was_used() -> None:
    waiting = [make_waiting(1, ANA), make_waiting(2, BO, weight=2)]
    assert turn(waiting, {ANA: 2, BO: 3}) == 2
    assert turn(waiting, {ANA: 2, BO: 4}) == 1
    assert turn(waiting, {ANA: 2, BO: 5}) == 1


def test_a_job_that_is_not_ready_lets_others_pass() -> None:
    waiting = [make_waiting(1, ANA, ready=1), make_waiting(2, BO)]
    assert turn(waiting, {BO: 9}) == 2
    assert turn([make_waiting(1, ANA, ready=1)], {}) == 0


def test_a_job_is_ready_at_its_very_instant() -> None:
    assert turn([make_waiting(1, ANA, ready=0)], {}) == 1


def test_the_reserve_is_for_those_with_fewer_than_two_slots() -> None:
    waiting = [make_waiting(1, ANA), make_waiting(2, BO)]
    assert turn(waiting, {ANA: 2, BO: 1}, light_only=True) == 2
    assert turn(waiting, {ANA: 2, BO: 2}, light_only=True) == 0


def test_every_role_above_member_weighs_two() -> None:
    assert {role: weight_of(role) for role in Role} == {
        Role.MEMBER: 1,
        Role.POWER: 2,
        Role.OPERATOR: 2,
        Role.ADMIN: 2,
        Role.OWNER: 2,
    }


OTHERS = st.lists(
    st.tuples(
        st.integers(min_value=10, max_value=15),
        st.integers(min_value=1, max_value=2),
        st.integers(min_value=0, max_value=3),
    ),
    max_size=40,
)


@settings(max_examples=300)
@given(OTHERS, st.integers(min_value=0, max_value=40))
def test_somebody_with_one_job_waits_for_at_most_one_job_of_each_other(
    others: list[tuple[int, int, int]], came: int
) -> None:
    """Within the trailing hour: what is older than that is forgotten, and first come counts."""
    weights = {user: weight for user, weight, _ in others}
    waiting = [
        make_waiting(n, UserId(user), weight=weights[user])
        for n, (user, _, _) in enumerate(others, start=1)
    ]
    slots = tuple(
        make_slot(UserId(user), -60, -52) for user, _, used in others for _ in range(used)
    )
    place = min(came, len(waiting)) + 100
    late = make_waiting(place, CY)
    snapshot = make_snapshot(make_limits(make_window(Limit.SPACING, 1, 2)), (*waiting, late), slots)
    found = places(snapshot, LENGTH)
    owners = {job.job_id: job.user_id for job in waiting}
    before = Counter(
        owners[job_id]
        for job_id, other in found.items()
        if job_id in owners and other.position < found[late.job_id].position
    )
    assert all(count == 1 for count in before.values())
