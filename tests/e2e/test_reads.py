"""/status, /quota, /help and /jobs: what people read, and what they withdraw while reading."""

import re

from tests.e2e.conftest import Stage
from tests.e2e.scenes import RETURNED, ended, has_picture, painted, queued, told


async def test_status_tells_what_is_up_and_how_long_the_line_is(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    stage.upstream.hold()
    await queued(stage, stage.world.ana, "works")
    await queued(stage, stage.world.bo, "waits")
    await stage.upstream.arrived(1)
    asked = await stage.discord.run_command(stage.world.ana, stage.world.general, "status")
    card = await asked.settled()
    assert card.ephemeral
    assert re.search(r"<t:\d+:R>", card.text)
    assert "1 image waiting, 1 working" in card.text
    assert "reachable" in card.text
    assert "of demo" in card.text
    assert "hf_" not in card.text
    stage.upstream.release()
    await stage.upstream.made(1)
    await stage.discord.until(lambda: _pictures(stage) == 1)
    await stage.discord.press(stage.world.ana, card, "Refresh")
    await stage.discord.until(lambda: "1 image waiting, 1 working" not in card.text)


async def test_quota_counts_own_pictures_and_the_shared_windows(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    stage.upstream.fail("400_list")
    await ended(stage, await queued(stage, stage.world.ana, "refused"))
    await painted(stage, await queued(stage, stage.world.ana, "accepted"))
    card = await told(stage, stage.world.ana, "quota")
    assert card.ephemeral
    assert card.text.count("1 picture\n1 failed call") == 2
    assert "2/30" in card.text
    others = await told(stage, stage.world.bo, "quota")
    assert "0 pictures\n0 failed calls" in others.text
    assert "2/30" in others.text


async def test_help_has_a_start_page_for_each_role_and_topics(stage: Stage) -> None:
    await stage.open()
    page = await told(stage, stage.world.ana, "help")
    assert page.ephemeral
    assert re.search(r"</imagine:\d+>", page.text)
    mention = re.search(r"</jobs queue:(\d+)>", page.text)
    assert mention
    known = {command["id"] for command in stage.world.commands_for(stage.world.guild)}
    assert mention[1] in known
    for_admins = await told(stage, stage.world.admin, "help")
    assert "/admin" in for_admins.text
    assert "/admin" not in page.text
    (command,) = [c for c in stage.world.commands_for(None) if c["name"] == "help"]
    for choice in command["options"][0]["choices"]:
        topic = await told(stage, stage.world.ana, "help", topic=choice["value"])
        assert len(topic.text) > 50


async def test_the_queue_shows_places_refreshes_and_withdraws_ones_own(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    stage.upstream.hold()
    world = stage.world
    running = await queued(stage, world.bo, "works already")
    await stage.upstream.arrived(1)
    mine = [await queued(stage, world.ana, f"ana's {number}") for number in range(2)]
    theirs = await queued(stage, world.bo, "bo's second")

    line = await told(stage, world.ana, "jobs queue", scope="everyone")
    assert line.ephemeral
    assert [f"{place} of 3" in line.text for place in ("1st", "2nd", "3rd")] == [True] * 3
    assert all(key in line.text for key in (running, theirs, *mine))
    assert world.bo.mention in line.text
    own = await told(stage, world.ana, "jobs queue")
    assert theirs not in own.text
    assert all(key in own.text for key in mine)

    pressed = await stage.discord.press(world.ana, line, "Cancel mine")
    await stage.discord.until(lambda: pressed.followups)
    assert "Cancelled 2 images." in pressed.followups[0].text
    assert not any(key in line.text for key in mine)
    assert "1st of 1" in line.text
    for key in mine:
        assert RETURNED in (await ended(stage, key)).text
    stage.upstream.release()
    await painted(stage, theirs)
    await stage.discord.press(world.ana, line, "Refresh")
    await stage.discord.until(lambda: "Nobody waits here." in line.text)
    assert [call.prompt for call in stage.upstream.calls] == ["works already", "bo's second"]


async def test_private_jobs_of_others_are_not_in_the_queue(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    stage.upstream.hold()
    await queued(stage, stage.world.ana, "in front")
    key = await queued(stage, stage.world.ana, "a private thought", private=True)
    for person in (stage.world.bo, stage.world.admin):
        line = await told(stage, person, "jobs queue", scope="everyone")
        assert "in front" in line.text
        assert "private thought" not in line.text
        assert key not in line.text
    assert "private thought" in (await told(stage, stage.world.ana, "jobs queue")).text
    stage.upstream.release()


async def test_a_job_is_shown_in_full_and_posted_again(stage: Stage) -> None:
    await stage.open()
    world = stage.world
    key = await queued(stage, world.ana, "an orchard", seed=77, steps=20, size="wide")
    await painted(stage, key)
    card = await told(stage, world.ana, "jobs show", job=key)
    assert card.ephemeral
    assert has_picture(card)
    for words in (key, "an orchard", "77", "steps 20", "1344×768", "attempt 1", world.ana.mention):  # noqa: RUF001
        assert words in card.text
    reused = await stage.discord.press(world.ana, card, "Reuse prompt")
    await reused.answered()
    assert "an orchard" in str(reused.modal)
    download = await stage.discord.press(world.ana, card, "Download original")
    assert has_picture(await download.settled())
    repost = await stage.discord.press(world.ana, card, "Repost")
    await stage.discord.until(lambda: repost.followups)
    assert has_picture(repost.followups[0])
    assert len(stage.upstream.calls) == 1


async def test_a_job_that_is_private_or_unknown_is_not_shown(stage: Stage) -> None:
    await stage.open()
    key = await queued(stage, stage.world.ana, "for my eyes", private=True)
    await painted(stage, key)
    for wanted in (key, "zzzzzzzz", "`@everyone`"):
        said = await told(stage, stage.world.bo, "jobs show", job=wanted)
        assert said.ephemeral
        assert "There is no job" in said.text
        assert "my eyes" not in said.text


async def test_waiting_jobs_are_withdrawn_one_by_one_and_all_at_once(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    stage.upstream.hold()
    ana = stage.world.ana
    running = await queued(stage, ana, "works")
    await stage.upstream.arrived(1)
    keys = [await queued(stage, ana, f"waits {number}") for number in range(3)]
    said = await told(stage, ana, "jobs cancel", job=keys[0])
    assert RETURNED in said.text
    assert "Cancelled" in (await ended(stage, keys[0])).text
    late = await told(stage, ana, "jobs cancel", job=running)
    assert "Too late" in late.text
    others = await told(stage, stage.world.bo, "jobs cancel", job=keys[1])
    assert "needs the operator role" in others.text
    said = await told(stage, ana, "jobs cancel", job="all")
    assert "Cancelled 2 images." in said.text
    stage.upstream.release()
    await painted(stage, running)
    assert "Nothing of yours waits here." in (await told(stage, ana, "jobs cancel", job="all")).text
    assert len(stage.upstream.calls) == 1


async def test_jobs_are_suggested_while_typing(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    world = stage.world
    done = await queued(stage, world.ana, "done")
    await painted(stage, done)
    stage.upstream.hold()
    await queued(stage, world.bo, "bo's own")
    waiting = await queued(stage, world.ana, "waiting")
    shown = await stage.discord.autocomplete(world.ana, world.general, "jobs show", "job", "")
    assert {choice["value"] for choice in shown} == {waiting, done}
    open_ones = await stage.discord.autocomplete(world.ana, world.general, "jobs cancel", "job", "")
    assert [choice["value"] for choice in open_ones] == ["all", waiting]
    typed = waiting[:4]
    found = await stage.discord.autocomplete(world.ana, world.general, "jobs show", "job", typed)
    assert [choice["value"] for choice in found] == [waiting]
    stage.upstream.release()


def _pictures(stage: Stage) -> int:
    return sum(has_picture(message) for message in stage.discord.messages(stage.world.general))
