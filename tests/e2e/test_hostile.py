"""What a hostile member tries: forged presses, other people's pictures, another server's keys."""

import pytest

from tests.e2e.acts import (
    card_of,
    imagine,
    key_of,
    pictured,
    text_of,
    whispered,
)
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    "forged", ["refresh:mine", "refresh:everyone", "status:now", "cancelmine:mine", "delete:{key}"]
)
async def test_a_forged_press_does_nothing_to_the_message_it_names(
    shared: Stage, forged: str
) -> None:
    ana, bo = shared.world.ana, shared.world.bo
    target = await pictured(shared, await imagine(shared, ana, "a picture of ana's"))
    own = await pictured(shared, await imagine(shared, bo, "a picture of bo's"))
    custom_id = "v1:" + forged.format(key=key_of(own))
    press = await shared.discord.press(bo, target, custom_id, forged=True)
    assert "older version" in await whispered(press)
    assert not target.deleted
    assert target.attachments
    assert "a picture of ana's" in text_of(target)
    assert not own.deleted


async def test_a_forged_cancel_does_not_overwrite_a_picture(shared: Stage) -> None:
    ana, bo = shared.world.ana, shared.world.bo
    target = await pictured(shared, await imagine(shared, ana, "a picture of ana's"))
    shared.upstream.hold()
    waiting = [await imagine(shared, bo, f"number {number}") for number in range(5)]
    custom_id = f"v1:cancel:{key_of(card_of(waiting[-1]))}"
    press = await shared.discord.press(bo, target, custom_id, forged=True)
    assert "older version" in await whispered(press)
    shared.upstream.release()
    assert target.attachments
    for asked in waiting:
        await pictured(shared, asked)
