"""Errors carry facts for people, and nothing that a log should not hold."""

import pytest

from bot.core.errors import (
    BadValue,
    Failed,
    HugOpsError,
    NotAllowed,
    NotInServer,
    Refused,
    ServerNotServed,
    Superseded,
    TooLate,
    TooManyWaiting,
    Unavailable,
    UnknownJob,
)


@pytest.mark.parametrize(
    "refused",
    [BadValue, NotAllowed, NotInServer, ServerNotServed, TooManyWaiting, UnknownJob, TooLate],
)
def test_what_a_person_can_change_is_a_refusal(refused: type[HugOpsError]) -> None:
    assert issubclass(refused, Refused)


@pytest.mark.parametrize("error", [Failed, Superseded, Unavailable])
def test_what_a_person_cannot_change_is_no_refusal(error: type[HugOpsError]) -> None:
    assert issubclass(error, HugOpsError)
    assert not issubclass(error, Refused)
