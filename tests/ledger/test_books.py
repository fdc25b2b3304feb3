"""The proof of the books is proved itself: each of its rules is broken once and must be named."""

import pytest
from sqlalchemy import text

from bot.ledger import books
from bot.ledger.people import SqlBooks
from tests.factories import BO, CY
from tests.ledger.office import MANY, Office

# What `ledger_at_work` leaves: job 1 done, job 2 sent, job 3 queued.

_COPY = (
    "INSERT INTO transfer (id, account_id, job_id, attempt, kind, amount, pending_id, at)"
    " SELECT id + 100, account_id, job_id, 5, kind, amount, NULL, at FROM transfer"
)
_CORRECTION = (
    "INSERT INTO transfer (id, account_id, job_id, attempt, kind, amount, pending_id, at)"
    " SELECT 900, id, 1, 1, 'correct', 5, NULL, 0 FROM account WHERE kind = 'money'"
)

BREACHES = {
    "pending money is not the sum of open reserves": (
        "UPDATE account SET pending_nusd = pending_nusd + 1 WHERE kind = 'money'"
    ),
    "posted money is not the sum of posts and corrections": (
        "UPDATE account SET posted_nusd = posted_nusd - 1 WHERE kind = 'money'"
    ),
    "a resolution does not match its reserve": (
        "UPDATE transfer SET attempt = 9 WHERE job_id = 1 AND kind = 'post'"
    ),
    "money is reserved for an attempt that is not running": (
        "UPDATE job SET attempt = 9 WHERE id = 2"
    ),
    "a running attempt has no money reserved": (
        "DELETE FROM transfer WHERE job_id = 2 AND attempt = 1"
    ),
    "a job has not exactly one picture reserved": ("DELETE FROM transfer WHERE job_id = 3"),
    "an open job and an open picture do not go together": (
        "UPDATE job SET state = 'failed' WHERE id = 3"
    ),
    "a finished job and a charged picture do not go together": (
        "UPDATE transfer SET kind = 'void' WHERE job_id = 1 AND attempt = 0 AND kind = 'post'"
    ),
    "a finished job has not exactly one successful use": (
        "UPDATE usage SET cause = 'no_answer' WHERE job_id = 1"
    ),
    "a slot is held by an attempt that is not running": (
        "UPDATE permit SET state = 'held' WHERE job_id = 1"
    ),
    "a running attempt holds no slot": ("DELETE FROM permit WHERE job_id = 2"),
    "the cost of a use is not what the books posted": (
        "UPDATE usage SET cost_nusd = cost_nusd + 1 WHERE job_id = 1"
    ),
    "money was posted for an attempt without a use": ("DELETE FROM usage WHERE job_id = 1"),
    "a job that is over and its result to tell do not go together": (
        "DELETE FROM outbox WHERE job_id = 1"
    ),
}

ALSO = {
    "a second picture reserved": (
        "a job has not exactly one picture reserved",
        _COPY + " WHERE job_id = 3",
    ),
    "a picture charged twice": (
        "a job has not exactly one picture reserved",
        _COPY + " WHERE job_id = 1 AND attempt = 0 AND kind = 'reserve'",
    ),
    "a picture charged for nothing": (
        "a finished job and a charged picture do not go together",
        "UPDATE job SET state = 'failed' WHERE id = 1",
    ),
    "an open picture of a finished job": (
        "an open job and an open picture do not go together",
        "DELETE FROM transfer WHERE job_id = 1 AND attempt = 0 AND kind = 'post'",
    ),
    "a correction that the account does not know": (
        "posted money is not the sum of posts and corrections",
        _CORRECTION,
    ),
    "a resolution of another job's reserve": (
        "a resolution does not match its reserve",
        "UPDATE transfer SET job_id = 3 WHERE job_id = 1 AND kind = 'post'",
    ),
    "a slot of a running attempt that is settled": (
        "a slot is held by an attempt that is not running",
        "UPDATE permit SET state = 'counted' WHERE job_id = 2",
    ),
    "a result to tell of a job that waits": (
        "a job that is over and its result to tell do not go together",
        "INSERT INTO outbox (job_id, state, next_at) VALUES (3, 'pending', 0)",
    ),
    "a reserve that lost its money": (
        "pending money is not the sum of open reserves",
        "UPDATE account SET pending_nusd = 0 WHERE kind = 'money'",
    ),
}


@pytest.fixture
async def ledger_at_work(office: Office) -> Office:
    """One job done, one sent, one waiting; the books balance."""
    await office.limit(MANY)
    await office.submit(1)
    await office.succeed(await office.send())
    await office.submit(2, BO)
    await office.send()
    await office.submit(3, CY)
    assert await office.broken() == []
    return office


def rules(rows: object) -> set[str]:
    """The rules that the rows name."""
    assert isinstance(rows, list)
    return {row.partition(": ")[0] for row in rows}


def test_every_rule_has_its_breach() -> None:
    query = str(text(books._INVARIANTS))
    assert query.count("UNION ALL") + 1 == len(BREACHES)
    assert all(f"'{rule}'" in query for rule in BREACHES)


@pytest.mark.parametrize("rule", BREACHES, ids=str)
async def test_a_broken_rule_is_named(ledger_at_work: Office, rule: str) -> None:
    await ledger_at_work.sql(BREACHES[rule])
    assert rule in rules(await ledger_at_work.broken())


@pytest.mark.parametrize("breach", ALSO, ids=str)
async def test_other_ways_to_break_it(ledger_at_work: Office, breach: str) -> None:
    rule, statement = ALSO[breach]
    await ledger_at_work.sql(statement)
    assert rule in rules(await ledger_at_work.broken())


async def test_a_broken_row_says_which(ledger_at_work: Office) -> None:
    await ledger_at_work.sql("DELETE FROM outbox WHERE job_id = 1")
    rule = "a job that is over and its result to tell do not go together"
    assert await SqlBooks(ledger_at_work.database).verify() == [f"{rule}: job job1"]


async def test_a_correction_balances(ledger_at_work: Office) -> None:
    await ledger_at_work.sql(_CORRECTION.replace(" 5,", " -5,"))
    await ledger_at_work.sql(
        "UPDATE account SET posted_nusd = posted_nusd - 5 WHERE kind = 'money'"
    )
    assert await ledger_at_work.broken() == []
