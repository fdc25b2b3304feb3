"""Two hours of each simulated upstream; `make simulate` plays two days of twenty seeds."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.simulation.cases import CASES, Case
from bench.simulation.engine import play

HOURS = 2.0
LOWER = next(case for case in CASES if case.refusals_at_most)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_two_hours(case: Case, tmp_path: Path) -> None:
    hurried = replace(case, restarts=min(case.restarts, 4))
    score = await play(hurried, seed=1, hours=HOURS, folder=tmp_path)
    assert score.broken == 0
    assert score.refused <= min(case.refusals_at_most, 2)
    # One window at the start is what not knowing a fixed window's phase costs.
    one_window = 0 if case.sliding else case.hour_cap
    assert score.taken >= (score.best - one_window) * 0.97


async def test_the_same_seed_gives_the_same_calls(tmp_path: Path) -> None:
    digests: list[str] = []
    for seed, folder in ((1, "a"), (1, "b"), (2, "c")):
        (tmp_path / folder).mkdir()
        score = await play(LOWER, seed=seed, hours=HOURS / 2, folder=tmp_path / folder)
        digests.append(score.digest)
    assert digests[0] == digests[1] != digests[2]
