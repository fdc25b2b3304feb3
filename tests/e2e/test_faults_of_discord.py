"""Each fault of Discord at each moment: one result or one sentence, never two, never none.

A row names the fault, the calls it strikes and where the picture has to be in the end. After each
the job is done in the ledger, the result stands there once, and the next picture comes as ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import pytest

from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from tests.e2e.acts import calls, card_of, command, imagine, key_of, pictured, says, told
from tests.e2e.conftest import Stage
from tests.e2e.scenes import ask, eventually, rows

pytestmark = pytest.mark.asyncio(loop_scope="module")
stage_paced = True
FAST = 20.0  # the pauses between tries pass so many times as fast
PATIENCE = 40.0


class Place(Enum):
    """Where a person finds the picture."""

    CARD = "the card"
    CHANNEL = "a message in the channel"
    DM = "a direct message"


@dataclass(frozen=True)
class Row:
    """The fault `name` strikes `calls` so many `times`."""

    name: str
    calls: str
    place: Place
    times: int = 1

    def __str__(self) -> str:
        return f"{self.name} at the {self.calls}"


# While the card is young the result is an edit of it, by the interaction's token.
ON_THE_CARD = [
    *(Row(name, "card", Place.CARD) for name in ("429", "429_global", "500", "502_html", "503")),
    *(Row(name, "card", Place.CARD) for name in ("reset", "lost", "slow", "429_ban")),
    *(Row(name, "card", Place.CHANNEL) for name in ("50027", "10015", "10008")),
]
# Later, or without its token, it is a message of its own.
IN_THE_CHANNEL = [
    *(Row(name, "post", Place.CHANNEL) for name in ("429", "429_global", "500", "502_html", "503")),
    *(Row(name, "post", Place.CHANNEL) for name in ("reset", "lost", "slow", "429_ban")),
    *(Row(name, "post", Place.DM) for name in ("50013", "50001", "10003")),
]
AT_THE_FIRST_ANSWER = [
    *(Row(name, "first answer", Place.CARD) for name in ("429", "500", "502_html")),
    *(Row(name, "first answer", Place.CHANNEL) for name in ("429_ban", "40060", "slow")),
]


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """The module's stage; afterwards nothing is broken any more."""
    shared.run_clock(FAST)
    yield shared
    shared.discord.faults.clear()
    shared.upstream.release()


@pytest.mark.parametrize("row", ON_THE_CARD, ids=str)
async def test_on_the_card(stage: Stage, row: Row) -> None:
    asked = await _in_the_air(stage, f"fault {row}")
    await says(stage, card_of(asked), "Working")
    await _strike(stage, asked, row)


@pytest.mark.parametrize("row", IN_THE_CHANNEL, ids=str)
async def test_in_the_channel(stage: Stage, row: Row) -> None:
    asked = await _in_the_air(stage, f"fault {row}")
    stage.discord.expire_all_tokens()
    await _strike(stage, asked, row)


@pytest.mark.parametrize("row", AT_THE_FIRST_ANSWER, ids=str)
async def test_at_the_first_answer(stage: Stage, row: Row) -> None:
    if row.place is Place.CARD:
        stage.run_clock(1)  # for the library waits in real time, and only a young card is edited
    struck = stage.discord.fail(row.name, row.calls)
    prompt = f"fault {row}"
    await ask(stage, stage.world.ana, prompt)
    key = await eventually(lambda: _key(stage, prompt), PATIENCE)
    await _ends(stage, key, row)
    assert struck.hits == 1


async def test_an_answer_that_came_too_late_takes_the_job_back(stage: Stage) -> None:
    """Nobody saw a card, so nobody waits for a picture."""
    before = len(stage.upstream.calls)
    stage.upstream.hold()
    await ask(stage, stage.world.bo, "the one before")  # so that the next has to wait
    stage.discord.fail("10062", "first answer")
    await ask(stage, stage.world.ana, "too late")
    key = await eventually(lambda: _key(stage, "too late"), PATIENCE)
    await eventually(lambda: _state(stage, key) in {"cancelled", "sent", "done"}, PATIENCE)
    stage.upstream.release()
    await calls(stage, before + 1)
    await _works_again(stage)


@pytest.mark.parametrize(
    "name", ["op_7", "op_9_resumable", "op_9", "close_4000", "cut", "server_away"]
)
async def test_a_gateway_that_goes_away_loses_no_result(stage: Stage, name: str) -> None:
    asked = await _in_the_air(stage, f"under {name}")
    stage.discord.trouble(name)
    stage.upstream.release()
    await pictured(stage, asked, PATIENCE)
    assert len(_results(stage, key_of(card_of(asked)))) == 1
    await stage.discord.ready(PATIENCE)
    await _works_again(stage)


async def test_closed_direct_messages_keep_the_result_for_the_next_command(stage: Stage) -> None:
    asked = await _in_the_air(stage, "nowhere to go")
    stage.discord.expire_all_tokens()
    stage.discord.fail("50013", "post", times=2)
    stage.world.ana.dms_open = False
    stage.upstream.release()
    key = key_of(card_of(asked))
    await eventually(lambda: _kept(stage, key), PATIENCE)
    stage.world.ana.dms_open = True
    await told(stage, await command(stage, stage.world.ana, "quota"), f"/jobs show job:{key}")
    await _works_again(stage)


async def _in_the_air(stage: Stage, prompt: str) -> Interaction:
    """A job whose call has left and is not answered yet."""
    before = len(stage.upstream.calls)
    stage.upstream.hold()
    asked = await imagine(stage, stage.world.ana, prompt)
    await calls(stage, before + 1)
    return asked


async def _strike(stage: Stage, asked: Interaction, row: Row) -> None:
    struck = stage.discord.fail(row.name, row.calls, row.times)
    stage.upstream.release()
    await _ends(stage, key_of(card_of(asked)), row)
    assert struck.hits == row.times


async def _ends(stage: Stage, key: str, row: Row) -> None:
    await eventually(lambda: _results(stage, key), PATIENCE)
    await eventually(lambda: _told(stage, key), PATIENCE)
    [result] = _results(stage, key)
    assert _place(stage, result, key) is row.place
    assert _state(stage, key) == "done"
    await _works_again(stage)


async def _works_again(stage: Stage) -> None:
    stage.discord.faults.clear()
    await pictured(stage, await imagine(stage, stage.world.bo, "and on it goes"), PATIENCE)


def _results(stage: Stage, key: str) -> list[Message]:
    """Every message with the picture of this job, wherever it stands."""
    standing = (m for m in stage.world.messages.values() if not m.deleted)
    return [m for m in standing if m.attachments and key in m.attachments[0].filename]


def _place(stage: Stage, result: Message, key: str) -> Place:
    if result.channel.guild is None:
        return Place.DM
    ((card_id,),) = rows(stage, f"SELECT card_id FROM job WHERE key = '{key}'")  # noqa: S608
    return Place.CARD if result.id == card_id else Place.CHANNEL


def _key(stage: Stage, prompt: str) -> str | None:
    found = rows(stage, f"SELECT key FROM job WHERE prompt = '{prompt}'")  # noqa: S608
    return found[0][0] if found else None


def _state(stage: Stage, key: str) -> str:
    ((state,),) = rows(stage, f"SELECT state FROM job WHERE key = '{key}'")  # noqa: S608
    return state


def _outbox(stage: Stage, key: str) -> str:
    query = f"SELECT o.state FROM outbox o JOIN job j ON j.id = o.job_id WHERE j.key = '{key}'"  # noqa: S608
    found = rows(stage, query)
    return found[0][0] if found else "nothing"


def _told(stage: Stage, key: str) -> bool:
    return _outbox(stage, key) == "told"


def _kept(stage: Stage, key: str) -> bool:
    return _outbox(stage, key) == "kept"
