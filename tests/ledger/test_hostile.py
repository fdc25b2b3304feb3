"""The ledger against odd keys, a wall clock that steps, and a log that must not tell secrets."""

from datetime import timedelta

import pytest

from bot.core.errors import Unavailable
from bot.core.jobs import JobKey
from bot.ledger.outbox import KEPT_AT_ONCE
from bot.ledger.tables import job
from tests.factories import ANA, GUILD, make_draft, seconds
from tests.ledger.office import Office


async def finished(office: Office) -> None:
    await office.submit()
    await office.succeed(await office.send())


async def test_a_result_is_due_although_the_wall_clock_stepped_back(office: Office) -> None:
    await finished(office)
    office.clock.step(-timedelta(hours=2))
    assert len(await office.outbox.due(10)) == 1


async def test_a_retry_is_not_put_off_by_the_clock_for_longer_than_any_wait(
    office: Office,
) -> None:
    await finished(office)
    [delivery] = await office.outbox.due(10)
    await office.outbox.retry(delivery, seconds(5))
    assert await office.outbox.due(10) == []
    office.clock.step(-timedelta(hours=2))
    assert len(await office.outbox.due(10)) == 1


async def test_a_failed_statement_tells_nobody_what_it_held(office: Office) -> None:
    """The words of the database go into the log, and a job's row holds prompt and token."""
    await office.submit()
    columns = (await office.rows(job))[0]
    with pytest.raises(Unavailable) as error:
        await office.database.write(lambda conn: conn.execute(job.insert().values(**columns)))
    said = f"{error.value.reason} {error.value.__cause__}"
    assert make_draft().origin.token not in said
    assert columns["prompt"] not in said


async def test_half_a_surrogate_pair_names_no_job(office: Office) -> None:
    assert await office.queue.job(JobKey("\ud800")) is None


async def test_kept_results_are_told_a_message_full_at_a_time(office: Office) -> None:
    for number in range(1, KEPT_AT_ONCE + 3):
        await office.submit(number)
        await office.succeed(await office.send())
    for delivery in await office.outbox.due(KEPT_AT_ONCE + 2):
        await office.outbox.done(delivery, None)
    told = [[job.key for job in await office.outbox.kept(ANA, GUILD)] for _ in range(3)]
    assert [len(keys) for keys in told] == [KEPT_AT_ONCE, 2, 0]
    assert told[0][0] == "job1"
