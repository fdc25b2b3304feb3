"""Cards that hostile or merely busy people could make too long for Discord."""

from dataclasses import replace
from datetime import timedelta

from bot.core.records import AuditEntry
from bot.ledger.outbox import KEPT_AT_ONCE
from cogs._admin_cards import audit_card
from cogs._words import told_late
from tests.factories import ANA, GUILD, START_AT

DESCRIPTION_MAX, CONTENT_MAX = 4096, 2000
LONG = AuditEntry(
    at=START_AT,
    guild_id=GUILD,
    actor_id=ANA,
    action="limits preset " + "*" * 80,
    before="hour 100000/2.6784e+06 s, " * 10,
    after="day 1000000/2.6784e+06 s, " * 10,
    reason="_" * 200,
)


def test_an_audit_trail_of_the_longest_changes_fits() -> None:
    entries = [replace(LONG, at=START_AT - timedelta(days=n)) for n in range(30)]
    said = audit_card(entries).description or ""
    assert len(said) <= DESCRIPTION_MAX
    shown = said.count("→")
    assert f"… and {30 - shown} more in the file." in said


def test_as_many_late_results_as_are_told_at_once_fit_into_a_message() -> None:
    assert len(told_late([f"job{number:05}" for number in range(KEPT_AT_ONCE)])) <= CONTENT_MAX
