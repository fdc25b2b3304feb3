"""Lanes: found by account or by token, merged when a token turns out to be of a known account."""

from dataclasses import replace

import pytest

from bot.core.jobs import Status
from bot.core.outcomes import SUCCESS
from bot.core.prices import RESERVED_PER_IMAGE_NUSD
from bot.core.queue import Claimed
from bot.core.windows import PRESETS, Limit, Limits
from bot.ledger.lanes import find_lane, fingerprint_of, limits_of, lock_lane
from bot.ledger.queue import SqlQueue
from bot.ledger.tables import audit, job, lane, lane_window, permit, token
from tests.factories import make_draft, make_limits, make_window
from tests.ledger.office import ENTRY, Office, picture_of

SEED = make_limits(make_window(cap=3))
ONE, TWO = fingerprint_of("one"), fingerprint_of("two")


async def find(office: Office, name: str | None, fingerprint: str, seed: Limits = SEED) -> int:
    """The lane of a token."""
    return await office.database.write(
        lambda conn: find_lane(conn, name=name, fingerprint=fingerprint, seed=seed)
    )


async def name_of(office: Office, lane_id: int) -> str:
    """What the lane is called."""
    return next(row["name"] for row in await office.rows(lane) if row["id"] == lane_id)


def queue_of(office: Office, lane_id: int) -> SqlQueue:
    """The queue of another lane."""
    return SqlQueue(office.database, replace(office.desk, lane_id=lane_id))


def test_a_fingerprint_gives_nothing_away() -> None:
    assert fingerprint_of("one") == ONE != TWO
    assert len(ONE) == 64
    assert "one" not in ONE


async def test_a_new_account_gets_a_lane_of_its_own(office: Office) -> None:
    lane_id = await find(office, "bo", ONE)
    assert lane_id != office.desk.lane_id
    assert await name_of(office, lane_id) == "bo"
    limits = await office.database.read(lambda conn: limits_of(conn, lock_lane(conn, lane_id), 0))
    assert limits == SEED


async def test_the_limits_of_a_known_lane_are_kept(office: Office) -> None:
    lane_id = await find(office, "bo", ONE)
    assert await find(office, "bo", ONE, PRESETS["pro"]) == lane_id
    windows = [row for row in await office.rows(lane_window) if row["lane_id"] == lane_id]
    assert [row["cap"] for row in windows] == [3]


async def test_a_new_token_of_an_account_has_the_accounts_lane(office: Office) -> None:
    lane_id = await find(office, "bo", ONE)
    assert await find(office, "bo", TWO) == lane_id
    assert await find(office, None, TWO) == lane_id
    lanes = {row["fingerprint"]: row["lane_id"] for row in await office.rows(token)}
    assert lanes[ONE] == lanes[TWO] == lane_id


async def test_a_known_token_needs_no_answer_from_the_upstream(office: Office) -> None:
    lane_id = await find(office, "bo", ONE)
    assert await find(office, None, ONE) == lane_id


async def test_an_unknown_token_that_could_not_be_asked_gets_a_name_for_now(office: Office) -> None:
    lane_id = await find(office, None, ONE)
    assert await name_of(office, lane_id) == f"token {ONE[:12]}"
    assert await find(office, None, ONE) == lane_id
    assert await find(office, "bo", ONE) == lane_id
    assert await name_of(office, lane_id) == "bo"


async def work(office: Office, lane_id: int, number: int) -> None:
    """One picture on a lane, and another job that waits."""
    queue = queue_of(office, lane_id)
    await queue.submit(make_draft(number))
    claimed = await queue.claim("worker")
    assert isinstance(claimed, Claimed)
    await queue.mark_sent(claimed.lease)
    await queue.settle(claimed.lease, SUCCESS, picture_of(claimed.lease))
    await queue.submit(make_draft(number + 1))


@pytest.fixture
async def merged(office: Office) -> Office:
    """The office's own lane after another lane, which had work, turned out to be the same."""
    await office.submit(10)
    await office.succeed(await office.send())
    other = await find(office, None, TWO)
    await work(office, other, 1)
    assert await find(office, "acme", TWO) == office.desk.lane_id
    return office


async def test_a_merged_lane_forgets_no_job_and_no_slot(merged: Office) -> None:
    ours = merged.desk.lane_id
    assert {row["lane_id"] for row in await merged.rows(job)} == {ours}
    assert {row["lane_id"] for row in await merged.rows(permit)} == {ours}
    assert {row["lane_id"] for row in await merged.rows(token)} == {ours}
    assert len((await merged.queue.snapshot()).slots) == 2
    assert [found.key for found in await merged.queue.open_jobs()] == ["job2"]
    assert await merged.broken() == []


async def test_a_merged_lane_forgets_no_money(merged: Office) -> None:
    assert await merged.lane.spent_nusd("2026-11") == 2 * 864_000
    assert await merged.broken() == []


async def test_money_reserved_before_a_merge_is_settled_after_it(office: Office) -> None:
    other = await find(office, None, TWO)
    queue = queue_of(office, other)
    await queue.submit(make_draft())
    claimed = await queue.claim("worker")
    assert isinstance(claimed, Claimed)
    await queue.mark_sent(claimed.lease)
    await find(office, "acme", TWO)
    assert await office.lane.spent_nusd("2026-11") == RESERVED_PER_IMAGE_NUSD
    await office.succeed(claimed.lease)
    assert await office.lane.spent_nusd("2026-11") == 864_000
    assert (await office.job()).status is Status.DONE
    assert await office.broken() == []


LIMITS = [
    *PRESETS.values(),
    make_limits(),
    make_limits(make_window(Limit.HOUR, 30, 3600, taught=7), in_flight=2, reserve=5),
    make_limits(make_window(Limit.SPACING, 1, 0.25), money_nusd=0),
]


@pytest.mark.parametrize("limits", LIMITS)
async def test_limits_come_back_as_they_were_set(office: Office, limits: Limits) -> None:
    await office.limit(limits)
    back = await office.lane.limits()
    assert replace(back, windows=()) == replace(limits, windows=())
    assert set(back.windows) == set(limits.windows)


async def test_a_change_of_limits_leaves_a_trail(office: Office) -> None:
    await office.limit(SEED)
    [entry] = await office.rows(audit)
    assert (entry["actor_id"], entry["action"]) == (ENTRY.actor_id, ENTRY.action)


async def test_lanes_do_not_see_each_other(office: Office) -> None:
    other = await find(office, "bo", ONE, make_limits())
    await office.submit(1)
    assert await queue_of(office, other).open_jobs() == []
    await office.send()
    assert await queue_of(office, other).abandoned("other", everyone=True) == []
    await queue_of(office, other).submit(make_draft(2))
    assert isinstance(await queue_of(office, other).claim("other"), Claimed)


async def test_what_nobody_spent_is_nothing(office: Office) -> None:
    assert await office.lane.spent_nusd("2026-11") == 0
