"""What end-to-end tests leave behind for the checks of all of it together (tests/afterwards)."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.bot_process import REPO

TRAFFIC = REPO / "out" / "traffic"
LOGS = REPO / "out" / "logs"
SHORTEST_SECRET = 8  # what a test sets as a broken token is no secret


@dataclass(frozen=True, kw_only=True)
class Log:
    """All that processes of one stage wrote, and every secret they were given."""

    text: str
    secrets: list[str]


def begin_anew() -> None:
    """What an earlier session recorded is not held against this one."""
    for folder in (TRAFFIC, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
        for record in folder.iterdir():
            record.unlink()


def traffic_of(name: str) -> Path:
    """Where the exchanges with Discord of the test or module of this name go."""
    return TRAFFIC / (_plain(name) + ".jsonl")


def keep_log(name: str, text: str, secrets: Iterable[str]) -> None:
    """Keep a log for the check that comes after all tests."""
    known = sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET})
    record = LOGS / (_plain(name) + ".json")
    record.write_text(json.dumps({"text": text, "secrets": known}))


def kept_logs() -> list[Log]:
    """Every log of the session."""
    records = [json.loads(record.read_text()) for record in sorted(LOGS.glob("*.json"))]
    return [Log(text=record["text"], secrets=record["secrets"]) for record in records]


def _plain(name: str) -> str:
    return re.sub(r"\W+", "-", name)
