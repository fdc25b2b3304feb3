"""`make mutants`: the heart with one thing wrong at a time; a mutant that no test notices fails it.

Each runs in a copy of the tree with the tests that must notice it. Not collected by pytest.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = ("bot", "cogs", "bench", "tests", "docs", "pyproject.toml", "ARCHITECTURE.md", "README.md")
PATIENCE_S = 300


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """In `file` each key of `changes` becomes its value.

    One of `tests` must fail.
    """

    name: str
    file: str
    changes: dict[str, str]
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        name="no fence: whoever comes back late still settles",
        file="bot/ledger/steps.py",
        changes={
            "        & (job.c.attempt == lease.attempt)\n": "",
            "        & (job.c.lease_owner == lease.owner)\n": "",
        },
        tests=("tests/ledger/test_fences.py",),
    ),
    Mutant(
        name="sent is marked after the call",
        file="bot/services/dispatcher.py",
        changes={
            "            await self._queue.mark_sent(claimed.lease)\n": "            pass\n",
            "        name = picture_name(job.key, claimed.lease.attempt)\n        result": (
                "        await self._queue.mark_sent(claimed.lease)\n"
                "        name = picture_name(job.key, claimed.lease.attempt)\n        result"
            ),
        },
        tests=("tests/ledger/test_before_the_call.py",),
    ),
    Mutant(
        name="the mark is left out before the call",
        file="bot/services/dispatcher.py",
        changes={"            await self._queue.mark_sent(claimed.lease)\n": "            pass\n"},
        tests=("tests/services/test_dispatcher.py", "tests/ledger/test_before_the_call.py"),
    ),
    Mutant(
        name="money is given back when nobody knows what happened",
        file="bot/core/outcomes.py",
        changes={
            "    return failed.reach in {Reach.UNKNOWN, Reach.ANSWERED}\n": (
                "    return failed.reach is Reach.ANSWERED\n"
            ),
        },
        tests=("tests/core/test_outcomes.py", "tests/ledger/test_settle.py"),
    ),
    Mutant(
        name="nothing tells a post that is tried again from a new one",
        file="cogs/_ladder.py",
        changes={"nonce=job.key[:NONCE_MAX]": "nonce=str(id(object()))"},
        tests=("tests/e2e/test_neighbours.py", "tests/e2e/test_neighbours_alone.py"),
    ),
    Mutant(
        name="no lock: two claims see the same room",
        file="bot/ledger/connections.py",
        changes={
            '"BEGIN" if reads_only else "BEGIN IMMEDIATE"': '"BEGIN" if reads_only else "BEGIN"'
        },
        tests=("tests/ledger/test_race.py",),
    ),
    Mutant(
        name="windows count from the sending",
        file="bot/core/windows.py",
        changes={
            "        call.answered_at + window.period if call.answered_at else _IN_THE_AIR\n": (
                "        call.sent_at + window.period if call.answered_at else _IN_THE_AIR\n"
            ),
        },
        tests=("tests/ledger/test_simulation.py", "tests/core/test_windows_model.py"),
    ),
    Mutant(
        name="a model that was waking up gives the slot back",
        file="bot/core/outcomes.py",
        changes={
            "failed.cause is not Cause.SLOW_DOWN\n": (
                "failed.cause not in {Cause.SLOW_DOWN, Cause.LOADING}\n"
            ),
        },
        tests=("tests/core/test_outcomes.py",),
    ),
    Mutant(
        name="who asked is charged for a picture that never came",
        file="bot/ledger/steps.py",
        changes={"at=now), keep=keep)\n": "at=now), keep=True)\n"},
        tests=("tests/ledger/test_settle.py",),
    ),
    Mutant(
        name="a call that may have run is silently repeated after a crash",
        file="bot/services/dispatcher.py",
        changes={
            "        if claimed.job.status is Status.LEASED:\n": (
                "        if claimed.job.status in {Status.LEASED, Status.SENT}:\n"
            ),
        },
        tests=("tests/services/test_dispatcher_recovery.py",),
    ),
    Mutant(
        name="a picture that a dead process left is not adopted",
        file="bot/services/dispatcher.py",
        changes={"        if result and await self._media.load(name):\n": "        if False:\n"},
        tests=("tests/services/test_dispatcher_recovery.py",),
    ),
    Mutant(
        name="first come, first served",
        file="bot/core/fairness.py",
        changes={
            "    return slots.get(job.user_id, 0) / job.weight, job.job_id\n": (
                "    return 0.0, job.job_id\n"
            ),
        },
        tests=("tests/core/test_fairness.py", "tests/ledger/test_steps.py"),
    ),
    Mutant(
        name="windows follow the wall clock",
        file="bot/ledger/timeline.py",
        changes={
            "        return since // timedelta(milliseconds=1) + self._offset_ms\n": (
                "        return self.wall_ms()\n"
            ),
        },
        tests=("tests/ledger/test_timeline.py", "tests/ledger/test_simulation.py"),
    ),
    Mutant(
        name="a refusal teaches nothing",
        file="bot/ledger/lessons.py",
        changes={"    if lowered:\n": "    if False:\n"},
        tests=("tests/ledger/test_lessons.py",),
    ),
)


def main(wanted: str = "") -> int:
    """Every mutant in turn, or those whose name holds `wanted`."""
    survivors = 0
    chosen = [mutant for mutant in MUTANTS if wanted in mutant.name]
    for mutant in chosen:
        started = time.monotonic()
        said = _verdict(mutant)
        survivors += said != "noticed"
        print(f"{said:<10} {time.monotonic() - started:5.1f} s  {mutant.name}", flush=True)  # noqa: T201 - a report
    print(f"{len(chosen) - survivors} of {len(chosen)} mutants noticed")  # noqa: T201 - likewise
    return 1 if survivors else 0


def _verdict(mutant: Mutant) -> str:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in COPIED:
            _copy(ROOT / name, root / name)
        path = root / mutant.file
        text = path.read_text(encoding="utf-8")
        for old, new in mutant.changes.items():
            if old not in text:
                return "STALE"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        command = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider")
        try:
            ended = subprocess.run(  # noqa: S603 - our own tests
                (*command, *mutant.tests),
                cwd=root,
                capture_output=True,
                timeout=PATIENCE_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "noticed"
        return "noticed" if ended.returncode == 1 else "SURVIVED"


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
