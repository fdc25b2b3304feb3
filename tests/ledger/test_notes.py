"""Small facts that outlive the process."""

from pathlib import Path

from bot.ledger.notes import SqlNotes
from tests.ledger.office import Office, StepClock, open_office


async def test_what_nobody_wrote_is_none(office: Office) -> None:
    assert await SqlNotes(office.database).read("commands") is None


async def test_the_last_word_counts(office: Office) -> None:
    notes = SqlNotes(office.database)
    await notes.write("commands", "one")
    await notes.write("commands", "")
    await notes.write("other", "two")
    assert await notes.read("commands") == ""
    assert await notes.read("other") == "two"


async def test_a_note_outlives_the_process(ledger: Path, clock: StepClock) -> None:
    async with open_office(ledger, clock) as office:
        await SqlNotes(office.database).write("commands", "eins, zwei, ✓")
    async with open_office(ledger, clock) as office:
        assert await SqlNotes(office.database).read("commands") == "eins, zwei, ✓"
