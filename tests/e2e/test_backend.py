"""A self-hosted backend takes the place of the router."""

import asyncio

from tests.e2e.acts import card_of, imagine, pictured, press, says, size_of, text_of
from tests.e2e.conftest import Stage


async def test_a_backend_makes_the_pictures_and_never_sees_the_token(stage: Stage) -> None:
    await stage.open(HUGOPS_BACKEND_URL=f"{stage.bot.settings['HF_ENDPOINT']}/backend")
    wish = {"seed": 7, "steps": 4, "size": "portrait"}
    done = await pictured(stage, await imagine(stage, stage.world.ana, "a red fox", **wish))
    assert size_of(done) == (768, 1024)
    assert "cost unknown" in text_of(done)
    await pictured(stage, await press(stage, stage.world.bo, done, "reroll"))

    [call, again] = stage.upstream.calls
    assert (call.route, call.authorization) == ("backend", None)
    assert (again.route, again.authorization) == ("backend", None)
    assert call.parameters == {"seed": 7, "num_inference_steps": 4, "width": 768, "height": 1024}


async def test_a_backend_that_is_gone_is_tried_again(stage: Stage) -> None:
    address = await _dead_address()
    await stage.open(HUGOPS_BACKEND_URL=address)
    card = card_of(await imagine(stage, stage.world.ana))
    said = await says(stage, card, "Hugging Face did not answer; trying again at")
    assert address not in said
    assert stage.upstream.calls == []


async def _dead_address() -> str:
    """An address on this machine where nobody listens any more."""
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return f"http://127.0.0.1:{port}"
