"""No log of any end-to-end test holds a secret that its processes were given.

Every stand-in knows the tokens it minted, so nothing has to be guessed; patterns find what it does
not know. It cannot pass by looking at nothing: logs and tokens are counted, and planted ones found.
"""

import re

import pytest

from tests.e2e.records import Log, kept_logs

CANARY = "hf_canaryThatMustBeFound"
SHAPES = (
    re.compile(r"aW50ZXJhY3Rpb24-\w{8}"),  # how every interaction token of the stand-in begins
    re.compile(r"/(?:webhooks|interactions)/\d+/(?!\[hidden\])\w{16}"),
    re.compile(r"(?i)\b(?:bearer|bot) (?!\[hidden\])[\w.-]{20}"),
)
CONSOLE = re.compile(r"^\S+Z \[(?:debug|info|warning|error) *\]", re.MULTILINE)
JSON = re.compile(r'^\{.*"event": .*\}$', re.MULTILINE)
MANY = 20  # a whole session keeps more; less is somebody who runs a few tests


@pytest.fixture(scope="module")
def logs() -> list[Log]:
    kept = kept_logs()
    if not kept:
        pytest.skip("no end-to-end test ran before this one")
    return kept


def test_no_log_holds_a_secret(logs: list[Log]) -> None:
    assert [found for log in logs for found in leaks(log)] == []


def test_the_search_finds_what_is_planted(logs: list[Log]) -> None:
    for log in logs:
        text = f"{log.text}\n{CANARY}\n"
        assert leaks(Log(text=text, secrets=[*log.secrets, CANARY])) == [CANARY]
    for line in (
        "PATCH /webhooks/123/aW50ZXJhY3Rpb24-abcdefghijklm/messages/@original",
        "POST https://discord.com/api/v10/interactions/1/abcdefghijklmnopqrstuvw/callback",
        "Authorization: Bearer abcdefghijklmnopqrstuvwxyz",
    ):
        assert leaks(Log(text=line, secrets=[]))


def test_the_logs_are_logs_and_secrets_were_at_stake(logs: list[Log]) -> None:
    if len(logs) < MANY:
        pytest.skip(f"only {len(logs)} logs: not a whole session")
    assert sum(bool(CONSOLE.search(log.text)) for log in logs) >= MANY
    assert any(JSON.search(log.text) for log in logs)
    assert any('"level": "debug"' in log.text for log in logs)
    assert all(log.secrets for log in logs)
    tokens = [s for log in logs for s in log.secrets if s.startswith("aW50ZXJhY3Rpb24-")]
    assert len(tokens) > MANY
    assert any(log.secrets and "The sandbox is open" in log.text for log in logs)


def leaks(log: Log) -> list[str]:
    """The secrets that stand in a log, and what looks like one."""
    known = [secret for secret in log.secrets if secret in log.text]
    return known + [found[0] for shape in SHAPES for found in shape.finditer(log.text)]
