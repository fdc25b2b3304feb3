"""Each fault of Discord under a private picture: its person gets it once, and nobody else sees it.

A row names the fault, the calls it strikes and where the picture has to be in the end. After each
the next picture comes as ever, and Discord was refused few calls: many would get the bot banned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import pytest

from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from bot.sandbox.world import User
from tests.e2e.acts import calls, card_of, command, imagine, key_of, pictured, public, says, told
from tests.e2e.conftest import Stage
from tests.e2e.scenes import eventually, rows

pytestmark = pytest.mark.asyncio(loop_scope="module")
stage_paced = True
FAST = 20.0  # the pauses between tries pass so many times as fast
PATIENCE = 40.0
COUNTED = {401, 403, 429}  # ten thousand of these in ten minutes are a ban
FEW = 4


class Place(Enum):
    """Where the person finds the picture."""

    CARD = "the card"
    DM = "a direct message"
    KEPT = "in the store, and a word at the next command"


@dataclass(frozen=True)
class Row:
    """The fault `name` strikes the next of these `calls`."""

    name: str
    calls: str
    place: Place

    def __str__(self) -> str:
        return f"{self.name} at the {self.calls}"


WHILE_THE_TOKEN_LIVES = [
    *(Row(name, "card", Place.CARD) for name in ("429", "429_ban", "500", "503", "reset", "lost")),
    *(Row(name, "card", Place.DM) for name in ("50027", "10015", "10008")),
]
AFTER_IT_DIED = [
    *(Row(name, "DM", Place.DM) for name in ("429_ban", "503", "reset", "lost")),
    *(Row(name, "post", Place.DM) for name in ("429", "429_ban", "500", "503", "reset", "lost")),
    *(Row(name, "post", Place.KEPT) for name in ("50007", "50013")),
    Row("50007", "DM", Place.KEPT),
]


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """The module's stage; afterwards nothing is broken any more."""
    shared.run_clock(FAST)
    yield shared
    shared.discord.faults.clear()
    shared.upstream.release()


@pytest.mark.parametrize("row", WHILE_THE_TOKEN_LIVES, ids=str)
async def test_while_the_token_lives(stage: Stage, row: Row) -> None:
    asked = await _in_the_air(stage, row)
    await says(stage, card_of(asked), "Working")
    await _strike(stage, asked, row)


@pytest.mark.parametrize("row", AFTER_IT_DIED, ids=str)
async def test_after_it_died(stage: Stage, row: Row) -> None:
    asked = await _in_the_air(stage, row)
    stage.discord.expire_all_tokens()
    await _strike(stage, asked, row)


async def _in_the_air(stage: Stage, row: Row) -> Interaction:
    """A private job whose call has left and is not answered yet."""
    before = len(stage.upstream.calls)
    stage.upstream.hold()
    asked = await imagine(stage, _newcomer(stage), f"between us: {row}", private=True)
    await calls(stage, before + 1)
    return asked


def _newcomer(stage: Stage) -> User:
    """Somebody whom the bot never wrote to: it opens a direct message with each person once."""
    person = stage.world.add_user(f"newcomer{len(stage.world.users)}")
    stage.world.join(stage.world.guild, person)
    return person


async def _strike(stage: Stage, asked: Interaction, row: Row) -> None:
    key, refused = key_of(card_of(asked)), _refused(stage)
    struck = stage.discord.fail(row.name, row.calls)
    stage.upstream.release()
    await eventually(lambda: _outbox(stage, key) == _final(row), PATIENCE)
    assert struck.hits == 1
    await _stands(stage, asked.user, key, row)
    assert _refused(stage) - refused <= FEW
    await _works_again(stage)
    assert all(key not in m.text + str(m.components) for m in public(stage))


async def _stands(stage: Stage, person: User, key: str, row: Row) -> None:
    assert rows(stage, f"SELECT state FROM job WHERE key = '{key}'") == [("done",)]  # noqa: S608
    if row.place is Place.KEPT:
        assert _results(stage, key) == []
        quota = await command(stage, person, "quota")
        await told(stage, quota, f"could not reach you earlier. See it with `/jobs show job:{key}`")
        return
    [result] = _results(stage, key)
    assert result.ephemeral is (row.place is Place.CARD)
    assert (result.channel.guild is None) is (row.place is Place.DM)


async def _works_again(stage: Stage) -> None:
    stage.discord.faults.clear()
    await pictured(stage, await imagine(stage, stage.world.bo, "and on it goes"), PATIENCE)


def _results(stage: Stage, key: str) -> list[Message]:
    """Every message with the picture of this job, wherever it stands."""
    standing = (m for m in stage.world.messages.values() if not m.deleted)
    return [m for m in standing if m.attachments and key in m.attachments[0].filename]


def _refused(stage: Stage) -> int:
    """How many calls were answered in a way that counts towards a ban."""
    return sum(exchange["status"] in COUNTED for exchange in stage.discord.traffic)


def _outbox(stage: Stage, key: str) -> str:
    query = f"SELECT o.state FROM outbox o JOIN job j ON j.id = o.job_id WHERE j.key = '{key}'"  # noqa: S608
    found = rows(stage, query)
    return found[0][0] if found else "nothing"


def _final(row: Row) -> str:
    return "kept" if row.place is Place.KEPT else "told"
