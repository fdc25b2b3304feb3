"""What a look means: the verdict, the words, and a remedy wherever something is not ok."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core import checkup
from bot.core.access import GuildId, Served
from bot.core.accounts import Account
from bot.core.checkup import Check, Login, Sighting, Trouble, Verdict, ok, warning, wrong
from bot.core.errors import Cause, Failed, Reach
from bot.core.jobs import Job, Status
from bot.core.outcomes import PauseKind
from bot.core.queue import Rest
from tests.factories import MODEL, START_AT, make_job, make_result, seconds

OK, WARNING, WRONG = Verdict.OK, Verdict.WARNING, Verdict.WRONG
GOOD = {"hf-inference": "live"}


def sighting(
    status: int = 200,
    took: float = 0.1,
    skew: float | None = 0,
    providers: dict[str, str] | None = GOOD,
) -> Sighting:
    said_at = None if skew is None else START_AT - seconds(skew)
    return Sighting(seconds=took, status=status, said_at=said_at, providers=providers)


def verdicts(*checks: Check) -> dict[str, Verdict]:
    """By label; what is not ok must say what to do, and what is ok must not."""
    assert [c for c in checks if (c.verdict is not OK) != bool(c.remedy)] == []
    return {check.label: check.verdict for check in checks}


def served(named: set[int], joined: set[int]) -> Served:
    return Served(named=frozenset(map(GuildId, named)), joined=frozenset(map(GuildId, joined)))


def test_the_worst_decides_and_the_summary_counts() -> None:
    well, doubtful, bad = ok("a", "x"), warning("b", "x", "y"), wrong("c", "x", "y")
    assert [checkup.worst(found) for found in ([], [well], [well, doubtful])] == [OK, OK, WARNING]
    assert checkup.worst([well, bad, doubtful]) is WRONG
    assert checkup.summary([well]) == "1 check, all well."
    assert checkup.summary([well, well]) == "2 checks, all well."
    assert checkup.summary([well, bad, doubtful]) == "3 checks: 1 wrong, 1 to look at."


@pytest.mark.parametrize(("may", "verdict"), [(True, OK), (False, WRONG)])
def test_an_account_with_and_without_the_permission(may: bool, verdict: Verdict) -> None:
    found = checkup.of_account(Account(name="ana", plan="pro", may_infer=may))
    assert verdicts(*found) == {"Hugging Face token": OK, "Inference permission": verdict}
    assert found[0].details == "valid, of ana (pro plan)"


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (Cause.TOKEN_INVALID, "invalid or revoked"),
        (Cause.NO_ANSWER, "Hugging Face did not say whose it is (no answer)"),
    ],
)
def test_an_unknown_token(cause: Cause, said: str) -> None:
    check = checkup.of_unknown_token(Failed(cause=cause, reach=Reach.REJECTED))
    assert verdicts(check) == {"Hugging Face token": WRONG}
    assert check.details == said


@pytest.mark.parametrize(
    ("seen", "verdict", "said"),
    [
        (sighting(), OK, "reachable in 100 ms"),
        (sighting(404), OK, "reachable in 100 ms"),
        (sighting(took=2.5), WARNING, "reachable, but slow: 2,500 ms"),
        (sighting(502), WRONG, "answers with error 502"),
    ],
)
def test_the_hub(seen: Sighting, verdict: Verdict, said: str) -> None:
    hub, clock = checkup.of_sighting(seen, START_AT)
    assert verdicts(hub, clock) == {"Hugging Face": verdict, "Clock": OK}
    assert hub.details == said


@pytest.mark.parametrize(
    ("skew", "verdict", "said"),
    [
        (30, OK, "agrees"),
        (-30, OK, "agrees"),
        (31, WARNING, "31 s ahead"),
        (-300, WARNING, "300 s behind"),
        (-3600, WRONG, "3,600 s behind"),
    ],
)
def test_the_clock(skew: float, verdict: Verdict, said: str) -> None:
    _, clock = checkup.of_sighting(sighting(skew=skew), START_AT)
    assert verdicts(clock) == {"Clock": verdict}
    assert clock.details.startswith(said)


def test_without_a_date_nothing_is_said_of_the_clock() -> None:
    assert verdicts(*checkup.of_sighting(sighting(skew=None), START_AT)) == {"Hugging Face": OK}


@pytest.mark.parametrize(
    ("seen", "verdict", "said"),
    [
        (sighting(), OK, "is served by hf-inference"),
        (sighting(providers={"hf-inference": "warm"}), OK, "is served by hf-inference"),
        (sighting(404, providers=None), WRONG, "does not exist"),
        (sighting(401, providers=None), WARNING, "does not say"),
        (sighting(providers=None), WARNING, "does not say"),
        (sighting(providers={}), WRONG, "but by nobody"),
        (sighting(providers={"b": "live", "a": "live"}), WRONG, "but by a, b"),
        (sighting(providers={"hf-inference": "error"}), WRONG, "not served by hf-inference"),
    ],
)
def test_the_default_model(seen: Sighting, verdict: Verdict, said: str) -> None:
    check = checkup.of_model(MODEL, seen)
    assert verdicts(check) == {"Default model": verdict}
    assert said in check.details


@pytest.mark.parametrize(
    ("broken", "verdict", "said"),
    [(0, OK, "balance"), (1, WRONG, "1 row breaks them"), (1200, WRONG, "1,200 rows break them")],
)
def test_the_books(broken: int, verdict: Verdict, said: str) -> None:
    check = checkup.of_books(broken)
    assert (verdicts(check), check.details) == ({"Books": verdict}, said)


def test_the_room_on_each_disk() -> None:
    free = {"ledger": 10**9, "pictures": 10**9 - 1, "rest": 10**8 - 1}
    assert verdicts(*checkup.of_space(free)) == {
        "Free space for the ledger": OK,
        "Free space for the pictures": WARNING,
        "Free space for the rest": WRONG,
    }


@pytest.mark.parametrize(
    ("trouble", "verdict", "said"),
    [
        (Trouble(), OK, "none was refused in the last hour"),
        (
            Trouble(rest=Rest(kind=PauseKind.CREDIT, until_at=START_AT + timedelta(minutes=5))),
            WARNING,
            "rest until 12:05 UTC (credit)",
        ),
        (Trouble(rest=Rest(kind=PauseKind.ADMIN, until_at=None)), WARNING, "rest (admin)"),
        (
            Trouble(refused={Cause.TOKEN_REFUSED: 2, Cause.SLOW_DOWN: 1}),
            WARNING,
            "refused in the last hour: token refused × 2, slow down × 1",  # noqa: RUF001
        ),
    ],
)
def test_calls_that_rest_or_were_refused(trouble: Trouble, verdict: Verdict, said: str) -> None:
    check = checkup.of_trouble(trouble)
    assert (verdicts(check), check.details) == ({"Calls to Hugging Face": verdict}, said)


@pytest.mark.parametrize(
    ("job", "verdict", "said"),
    [
        (make_job(status=Status.DONE, result=make_result()), OK, "made in 7.2 s by hf-inference"),
        (make_job(status=Status.CANCELLED), WARNING, "you cancelled it"),
        (
            replace(make_job(status=Status.FAILED), cause=Cause.TOKEN_REFUSED),
            WRONG,
            "none was made (token refused)",
        ),
        (make_job(status=Status.FAILED), WRONG, "none was made (our fault)"),
    ],
)
def test_a_real_picture(job: Job, verdict: Verdict, said: str) -> None:
    check = checkup.of_trial(job)
    assert verdicts(check) == {"A real picture": verdict}
    assert check.details.startswith(said)


@pytest.mark.parametrize(
    ("login", "verdict"),
    [
        (Login(name="hugops"), OK),
        (Login(name="hugops", starts_left=9), OK),
        (Login(name="hugops", starts_left=0), WARNING),
        (Login(name=None), WRONG),
    ],
)
def test_the_token_at_discord(login: Login, verdict: Verdict) -> None:
    assert verdicts(checkup.of_login(login)) == {"Discord token": verdict}


@pytest.mark.parametrize(
    ("where", "verdict", "said"),
    [
        (served(set(), {1}), OK, "the only one I am in"),
        (served({1, 2}, {1, 2, 3}), OK, "I am in all that HUGOPS_GUILDS names"),
        (served({1, 2}, {1}), WARNING, "HUGOPS_GUILDS names one that I am not in"),
        (served(set(), {1, 2}), WRONG, "I am in several and none is named"),
    ],
)
def test_the_servers(where: Served, verdict: Verdict, said: str) -> None:
    check = checkup.of_served(where)
    assert verdicts(check) == {"Servers": verdict}
    assert check.details.startswith(said)
