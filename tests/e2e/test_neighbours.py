"""Discord in trouble: lost answers, refusals for a while, gateways that go away."""

import pytest

from bot.sandbox.discord_traffic import Fault, FaultKind
from tests.e2e.acts import (
    card_of,
    imagine,
    pictured,
    press,
    public,
    says,
    told,
    whispered,
)
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLBACK = "/interactions/*/callback"
BROKEN = (FaultKind.LOSE, FaultKind.RESET)


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("name", ["quota", "jobs queue", "help"])
async def test_a_command_whose_acknowledgement_is_lost(
    shared: Stage, name: str, kind: FaultKind
) -> None:
    shared.discord.faults.add(Fault(path=CALLBACK, kind=kind))
    asked = await shared.discord.run_command(shared.world.ana, shared.world.general, name)
    assert await whispered(asked)


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_refusal_whose_acknowledgement_is_lost(shared: Stage, kind: FaultKind) -> None:
    shared.discord.faults.add(Fault(path=CALLBACK, kind=kind))
    asked = await shared.discord.run_command(
        shared.world.ana, shared.world.general, "jobs show", job="zzzzzzzz"
    )
    assert "There is no job" in await whispered(asked)


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_press_whose_acknowledgement_is_lost(shared: Stage, kind: FaultKind) -> None:
    done = await pictured(shared, await imagine(shared, shared.world.ana, "a leaf"))
    shared.discord.faults.add(Fault(path=CALLBACK, kind=kind))
    await told(shared, await press(shared, shared.world.ana, done, "delete"), "Deleted.")
    assert done.deleted


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_card_whose_sending_is_lost_lives_on(shared: Stage, kind: FaultKind) -> None:
    before = len(public(shared))
    shared.upstream.hold()
    shared.discord.faults.add(Fault(path=CALLBACK, kind=kind))
    asked = await imagine(shared, shared.world.ana, "a lost card")
    await says(shared, card_of(asked), "Working")
    shared.upstream.release()
    await pictured(shared, asked)
    assert len(public(shared)) == before + 1
