"""Real processes claim from one file at once: never more than the cap, and nobody is locked out."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from bot.core.access import UserId
from bot.ledger.tables import job, permit
from tests.factories import make_limits, make_window
from tests.ledger.office import Office

PROCESSES, CAP, JOBS = 4, 40, 60
ROOT = Path(__file__).parent.parent.parent


def start(path: Path, owner: str) -> "subprocess.Popen[str]":
    """A racer, still at the start."""
    command = [sys.executable, "-m", "tests.ledger.racer", str(path), owner]
    return subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def run(path: Path) -> list[int]:
    """Start all racers at once; how many jobs each of them got."""
    racers = [start(path, f"racer {number}") for number in range(PROCESSES)]
    try:
        for racer in racers:
            assert racer.stdout
            assert racer.stdout.readline() == "ready\n"
        got = [int(said) for said in finish(racers)]
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()
    assert [racer.returncode for racer in racers] == [0] * PROCESSES
    return got


def finish(racers: "list[subprocess.Popen[str]]") -> list[str]:
    """Off they go; what each of them says at the end."""
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return [racer.communicate()[0] for racer in racers]


async def test_four_processes_never_take_more_than_the_window_allows(
    office: Office, ledger: Path
) -> None:
    limits = make_limits(make_window(cap=CAP), in_flight=JOBS)
    await office.limit(replace(limits, waiting=JOBS))
    for number in range(1, JOBS + 1):
        await office.submit(number, UserId(number % 7))
    got = run(ledger)
    assert sum(got) == CAP
    states = Counter(row["state"] for row in await office.rows(job))
    assert states == {"sent": CAP, "queued": JOBS - CAP}
    assert {row["state"] for row in await office.rows(permit)} == {"held"}
    assert await office.broken() == []
