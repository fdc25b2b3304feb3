"""Pictures above what Discord takes: a smaller one with the sentence, or words at last."""

import pytest

from tests.e2e.acts import card_of, command, imagine, key_of, pictured, press, says, size_of, told
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOMY = 10 * 1024 * 1024


async def test_a_smaller_one_is_sent_and_the_original_is_kept(shared: Stage) -> None:
    ana, discord = shared.world.ana, shared.discord
    done = await pictured(shared, await imagine(shared, ana, "a large fox", seed=4))
    original = done.attachments[0].data
    discord.file_limit = len(original) - 1
    try:
        late = await pictured(shared, await imagine(shared, ana, "a large fox", seed=4))
        assert len(late.attachments[0].data) <= len(original) // 2 + 1000
        assert late.attachments[0].filename.endswith(".jpg")
        assert await says(shared, late, "Here is a smaller one; the original stays until <t:")
        key = key_of(done)
        card = card_of(await command(shared, ana, "jobs show", job=key))
        assert "Here is a smaller one" in await says(shared, card, "Parameters")
        assert size_of(card) == (512, 512)
        assert card.attachments[0].filename == f"hugops-{key}.jpg"
        refused = await press(shared, ana, card, "download")
        assert f"{key}.1" in await told(shared, refused, "Whoever runs me can copy the original")
        again = await press(shared, ana, card, "repost")
        await discord.until(lambda: again.followups)
        assert "Here is a smaller one" in again.followups[0].text
    finally:
        discord.file_limit = ROOMY
    downloaded = await press(shared, ana, card, "download")
    await told(shared, downloaded, key)
    assert card_of(downloaded).attachments[0].data == original


async def test_when_nothing_fits_words_do(shared: Stage) -> None:
    shared.discord.file_limit = 100
    try:
        card = card_of(await imagine(shared, shared.world.ana, "far too large"))
        said = await says(shared, card, "Whoever runs me can copy the original")
        assert "far too large" in said
        assert not card.attachments
    finally:
        shared.discord.file_limit = ROOMY


async def test_a_picture_that_was_made_too_large_comes_smaller(shared: Stage) -> None:
    shared.upstream.fail("large")
    done = await pictured(shared, await imagine(shared, shared.world.ana, "noise"))
    said = await says(shared, done, "The file is 12 MB and this server allows 10 MB.")
    assert "Here is a smaller one" in said
    assert len(done.attachments[0].data) <= ROOMY
    await pictured(shared, await imagine(shared, shared.world.bo, "and on it goes"))
