"""The doctor: every look has its line, whatever it raises and however long it takes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from bot.core import ports
from bot.core.accounts import Account
from bot.core.checkup import Check, Login, Sighting, Trouble, Verdict, ok
from bot.core.errors import Cause, Failed, NotInServer, Reach, Unavailable
from bot.services.doctor import Doctor, Instruments, Look
from tests.factories import MODEL, START_AT
from tests.fakes import FakeClock, FakeMedia

T = TypeVar("T")
LOCKED = Unavailable(what="ledger", reason="another program keeps it locked")
SILENT = Failed(cause=Cause.NO_ANSWER, reach=Reach.NEVER)


def give(answer: T | Exception) -> T:
    if isinstance(answer, Exception):
        raise answer
    return answer


class FakeLogins:
    def __init__(self, answer: Login | Exception) -> None:
        self.answer = answer

    async def who(self) -> Login:
        return give(self.answer)


class FakeAccounts:
    def __init__(self, answer: Account | Exception) -> None:
        self.answer = answer

    async def whoami(self) -> Account:
        return give(self.answer)


class FakeCatalogue:
    def __init__(self, answer: Sighting | Exception) -> None:
        self.answer = answer

    async def look(self, model: str) -> Sighting:
        assert model == MODEL
        return give(self.answer)


class FakeSoundness:
    def __init__(self, *, missing: bool = False, trouble: Exception | None = None) -> None:
        self._missing = missing
        self._trouble = trouble

    def missing(self) -> bool:
        return self._missing

    async def prove_writable(self) -> None:
        give(self._trouble or None)

    async def broken(self) -> int:
        return give(self._trouble or 0)

    async def trouble(self) -> Trouble:
        return give(self._trouble or Trouble())


class FakeDisk:
    async def free(self) -> Mapping[str, int]:
        return {"ledger": 10**10}


class Amnesia(FakeMedia):
    async def load(self, name: str) -> bytes | None:
        return None


ALL_WELL = Instruments(
    logins=FakeLogins(Login(name="hugops")),
    accounts=FakeAccounts(Account(name="ana", plan="free", may_infer=True)),
    catalogue=FakeCatalogue(
        Sighting(seconds=0.1, status=200, said_at=START_AT, providers={"hf-inference": "live"})
    ),
    ledger=FakeSoundness,
    media=FakeMedia,
    disk=FakeDisk(),
    clock=FakeClock(),
)
LEDGER = {"Calls to Hugging Face", "Ledger", "Books"}


async def examined(instruments: Instruments, model: str | None = MODEL) -> Sequence[Check]:
    return await Doctor(instruments, model).examine()


def labels(checks: Sequence[Check], verdict: Verdict) -> set[str]:
    return {check.label for check in checks if check.verdict is verdict}


async def test_all_is_well() -> None:
    checks = await examined(ALL_WELL)
    assert [check.label for check in checks] == [
        "Discord token",
        "Hugging Face token",
        "Inference permission",
        "Hugging Face",
        "Clock",
        "Default model",
        "Calls to Hugging Face",
        "Ledger",
        "Books",
        "Media store",
        "Free space for the ledger",
    ]
    assert labels(checks, Verdict.OK) == {check.label for check in checks}


async def test_a_connected_bot_with_a_backend_and_no_token_is_not_asked_for_them() -> None:
    checks = await examined(replace(ALL_WELL, logins=None, accounts=None), model=None)
    found = {check.label: check.details for check in checks}
    assert found.keys() & {"Discord token", "Hugging Face", "Inference permission"} == set()
    assert found["Hugging Face token"] == "none, and your own endpoint needs none"
    assert found["Default model"] == "pictures come from your own endpoint"


async def test_a_ledger_that_is_not_there_yet_is_a_warning() -> None:
    checks = await examined(replace(ALL_WELL, ledger=lambda: FakeSoundness(missing=True)))
    assert labels(checks, Verdict.WARNING) == {"Ledger"}
    assert {check.label for check in checks} & LEDGER == {"Ledger"}


def raising(error: Exception) -> Callable[[], FakeSoundness]:
    def ledger() -> FakeSoundness:
        raise error

    return ledger


@pytest.mark.parametrize(
    "ledger", [lambda: FakeSoundness(trouble=LOCKED), raising(LOCKED)], ids=["locked", "unopened"]
)
async def test_a_ledger_that_cannot_be_used_is_wrong(ledger: Callable[[], FakeSoundness]) -> None:
    checks = await examined(replace(ALL_WELL, ledger=ledger))
    assert labels(checks, Verdict.WRONG) == LEDGER
    bad = [check for check in checks if check.verdict is Verdict.WRONG]
    assert {check.details for check in bad} == {LOCKED.reason}
    assert all("HUGOPS_DATABASE_URL" in check.remedy for check in bad)


async def test_a_revoked_token_is_wrong() -> None:
    refused = FakeAccounts(Failed(cause=Cause.TOKEN_INVALID, reach=Reach.REJECTED))
    checks = await examined(replace(ALL_WELL, accounts=refused))
    assert labels(checks, Verdict.WRONG) == {"Hugging Face token"}


async def test_a_silent_hub_is_wrong_in_plain_words() -> None:
    checks = await examined(replace(ALL_WELL, catalogue=FakeCatalogue(SILENT)))
    (bad,) = [check for check in checks if check.verdict is Verdict.WRONG]
    assert (bad.label, bad.details) == ("Hugging Face", "no answer")


async def test_media_that_cannot_be_written_or_read_back_are_wrong() -> None:
    broken = FakeMedia()
    broken.broken = "the disk is full"
    for media, said in ((broken, "the disk is full"), (Amnesia(), "cannot be read back")):
        checks = await examined(replace(ALL_WELL, media=lambda media=media: media))
        (bad,) = [check for check in checks if check.verdict is Verdict.WRONG]
        assert bad.label == "Media store"
        assert said in bad.details


async def test_the_probe_leaves_nothing_behind() -> None:
    media = FakeMedia()
    await examined(replace(ALL_WELL, media=lambda: media))
    assert media.files == {}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("hf_secret"), "the look itself failed (KeyError); the log has more"),
        (NotInServer(), "NotInServer"),
    ],
)
async def test_a_look_that_breaks_has_a_line_without_what_it_said(
    error: Exception, said: str
) -> None:
    checks = await examined(replace(ALL_WELL, logins=FakeLogins(error)))
    assert (checks[0].verdict, checks[0].details) == (Verdict.WRONG, said)
    assert labels(checks, Verdict.WRONG) == {"Discord token"}


async def test_looks_go_side_by_side_and_none_is_waited_for_long() -> None:
    met = asyncio.Barrier(2)

    async def meets() -> Sequence[Check]:
        await met.wait()
        return [ok("Met", "both were there")]

    async def hangs() -> Sequence[Check]:
        await asyncio.Event().wait()
        raise AssertionError

    looks = [Look(label="Met", remedy="none", ask=meets) for _ in range(2)]
    stuck = Look(label="Stuck", remedy="Pull.", ask=hangs)
    checks = await Doctor(ALL_WELL, MODEL, patience=0.2).examine(*looks, stuck)
    assert [check.label for check in checks[:4]] == ["Met", "Met", "Stuck", "Discord token"]
    assert (checks[2].details, checks[2].remedy) == ("no answer within 0.2 s", "Pull.")
    assert labels(checks, Verdict.WRONG) == {"Stuck"}


def proof(
    logins: FakeLogins, catalogue: FakeCatalogue, soundness: FakeSoundness, disk: FakeDisk
) -> tuple[ports.Logins, ports.Catalogue, ports.Soundness, ports.Disk]:
    """Never called: its types are the proof."""
    return logins, catalogue, soundness, disk
