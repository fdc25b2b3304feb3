"""What all end-to-end tests together sent to Discord is what Discord's own document allows.

The checker lies beside the repository; without it
only the records themselves are looked at, and `.ci/run` says so.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.bot_process import REPO
from tests.e2e.records import TRAFFIC

SHARED = Path(os.environ.get("HUGOPS_SHARED") or REPO.parent / "shared")
CHECKER = SHARED / "tools" / "validate_discord.py"


def test_the_recorded_traffic_is_what_discord_allows() -> None:
    records = [path for path in sorted(TRAFFIC.glob("*.jsonl")) if path.stat().st_size]
    if not records:
        pytest.skip("no end-to-end test ran before this one")
    for record in records:
        assert all("method" in json.loads(line) for line in record.read_text().splitlines())
    if CHECKER.exists():
        _check(records)


def _check(records: list[Path]) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(CHECKER), "--rules", *map(str, records)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
