"""Discord in trouble, with a bot of one's own: at the login, between post and note."""

import pytest

from bot.sandbox.discord_traffic import Fault, FaultKind
from tests.e2e.acts import imagine, pictured, says
from tests.e2e.conftest import Stage
from tests.e2e.scenes import SLOW, ask, crash, ended, eventually, key_of, pictures

TOO_MANY = 429
CARD = "/webhooks/*/messages/@original"


async def test_it_waits_when_discord_bans_its_address_for_a_while(stage: Stage) -> None:
    stage.discord.faults.add(Fault(path="/users/@me", status=TOO_MANY, body="<html>1015</html>"))
    await stage.open()
    await pictured(stage, await imagine(stage, stage.world.ana))
    assert stage.bot.log.count("Discord is out of reach") == 1


async def test_one_slow_post_holds_up_nobody_else(stage: Stage) -> None:
    """Discord asks for a minute's patience about one card; the library waits, others must not."""
    await stage.open()
    stage.upstream.hold()
    slow = await imagine(stage, stage.world.ana, "slow")
    await says(stage, await slow.settled(SLOW), "Working")
    webhook = f"/webhooks/*/{slow.token}/messages/@original"
    stage.discord.faults.add(Fault(path=webhook, status=TOO_MANY, retry_after_s=60))
    stage.upstream.release()
    await stage.discord.until(lambda: _asked(stage, slow.token), SLOW)
    quick = await imagine(stage, stage.world.bo, "quick")
    await pictured(stage, quick, 15)


def _asked(stage: Stage, token: str) -> bool:
    return any(
        token in call["path"] and call["status"] == TOO_MANY for call in stage.discord.traffic
    )


@pytest.mark.parametrize("chatter", [0, 60], ids=["a quiet channel", "only the nonce knows"])
async def test_killed_after_a_post_whose_answer_was_lost(stage: Stage, chatter: int) -> None:
    """The result stands in the channel, the ledger does not know it: it is not repeated."""
    await stage.open()
    stage.upstream.hold()
    asked = await ask(stage, stage.world.ana, "told once")
    key = key_of(await asked.settled(SLOW))
    stage.discord.expire_all_tokens()
    lost = Fault(path="/channels/*/messages", method="POST", kind=FaultKind.LOSE)
    stage.discord.faults.add(lost)
    stage.upstream.release()
    await eventually(lambda: lost.hits)
    await crash(stage)
    for number in range(chatter):  # more than anybody looks through
        await stage.discord.say(stage.world.bo, stage.world.general, f"and {number}")
    await stage.open()
    await ended(stage, key)
    await eventually(lambda: "Told" in stage.bot.log)
    assert len(pictures(stage, key)) == 1
