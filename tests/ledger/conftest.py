"""An empty ledger for each test, copied from one that was made once."""

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.ledger.office import Office, StepClock, make_ledger, open_office


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that nobody has written to: copy it."""
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    make_ledger(path)
    return path


@pytest.fixture
def ledger(empty_ledger: Path, tmp_path: Path) -> Path:
    """The file of this test's ledger."""
    return Path(shutil.copy(empty_ledger, tmp_path / "hugops.db"))


@pytest.fixture
def clock() -> StepClock:
    """Virtual time."""
    return StepClock()


@pytest.fixture
async def office(ledger: Path, clock: StepClock) -> AsyncGenerator[Office]:
    """A process on this test's ledger, whose lane has no limit but one call at a time."""
    async with open_office(ledger, clock) as opened:
        yield opened
