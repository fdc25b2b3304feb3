"""/admin doctor and `hugops doctor`: what is well, what is not, and what to do about it."""

import re

from bot.sandbox.upstream import DEMO_TOKEN, Token
from tests.e2e.conftest import Stage
from tests.e2e.scenes import SLOW, ended, painted, queued, told

UNKNOWN = "nobody.knows.this-one"
NOWHERE = "http://127.0.0.1:9"  # the port of "discard", where nobody listens
BY_BOTH = {
    "Hugging Face token",
    "Inference permission",
    "Hugging Face",
    "Clock",
    "Default model",
    "Calls to Hugging Face",
    "Ledger",
    "Books",
    "Media store",
}
BY_THE_BOT = BY_BOTH | {"Discord", "Commands", "Permissions here", "Servers"}
BY_THE_TERMINAL = BY_BOTH | {"Discord token"}


async def test_all_is_well_and_both_say_so(stage: Stage) -> None:
    await stage.open()
    card = await _card(stage)
    assert _labels(card, "✅") == BY_THE_BOT
    code, said = await stage.bot.run("doctor")
    assert code == 0, said
    assert _said(said, "ok") == BY_THE_TERMINAL
    await painted(stage, await queued(stage, stage.world.ana, "the bot works on"))


async def test_a_revoked_token_is_wrong_with_a_remedy(stage: Stage) -> None:
    await stage.open()
    stage.upstream.tokens.clear()
    card = await _card(stage)
    assert _labels(card, "❌") == {"Hugging Face token"}
    assert "invalid or revoked" in card
    assert "settings/tokens" in card
    code, said = await stage.bot.run("doctor")
    assert code == 1
    assert _said(said, "wrong") == {"Hugging Face token"}
    assert "settings/tokens" in said
    assert DEMO_TOKEN not in card + said


async def test_a_token_that_may_not_make_pictures_is_wrong(stage: Stage) -> None:
    await stage.open()
    stage.upstream.tokens = {DEMO_TOKEN: Token(account="demo", role="fineGrained")}
    assert _labels(await _card(stage), "❌") == {"Inference permission"}
    code, said = await stage.bot.run("doctor")
    assert (code, _said(said, "wrong")) == (1, {"Inference permission"})
    assert "Make calls to Inference Providers" in said


async def test_a_media_folder_that_cannot_be_written_is_wrong(stage: Stage) -> None:
    await stage.open()
    media = stage.bot.folder / "media"
    media.rename(stage.bot.folder / "elsewhere")
    media.touch()
    card = await _card(stage)
    assert _labels(card, "❌") == {"Media store"}
    assert "HUGOPS_MEDIA_URL" in card
    code, said = await stage.bot.run("doctor")
    assert (code, _said(said, "wrong")) == (1, {"Media store"})
    assert "Traceback" not in said


async def test_a_discord_token_that_nobody_knows_is_wrong(stage: Stage) -> None:
    code, said = await stage.bot.run("doctor", DISCORD_TOKEN=UNKNOWN)
    assert (code, _said(said, "wrong")) == (1, {"Discord token"})
    assert "DISCORD_TOKEN" in said
    assert UNKNOWN not in said


async def test_before_the_first_start_the_ledger_is_only_missing(stage: Stage) -> None:
    code, said = await stage.bot.run("doctor")
    assert code == 0, said
    assert _said(said, "warning") == {"Ledger"}
    assert not (stage.bot.folder / "ledger.db").exists()


async def test_a_damaged_ledger_and_a_silent_neighbour_are_lines_not_crashes(stage: Stage) -> None:
    (stage.bot.folder / "ledger.db").write_bytes(b"this was never a ledger " * 500)
    code, said = await stage.bot.run(
        "doctor", HF_ENDPOINT=NOWHERE, DISCORD_API_URL=f"{NOWHERE}/api/v10"
    )
    (stage.bot.folder / "ledger.db").unlink()
    assert code == 1
    silent = {"Hugging Face", "Hugging Face token", "Discord token"}
    assert _said(said, "wrong") == silent | {"Ledger", "Books", "Calls to Hugging Face"}
    assert "Traceback" not in said


async def test_late_refusals_are_remembered(stage: Stage) -> None:
    await stage.open()
    stage.upstream.fail("403")
    await ended(stage, await queued(stage, stage.world.ana, "refused"))
    card = await _card(stage)
    assert _labels(card, "⚠️") == {"Calls to Hugging Face", "Alerts"}
    code, said = await stage.bot.run("doctor")
    assert (code, _said(said, "warning")) == (0, {"Calls to Hugging Face"})
    assert "token refused" in said


async def test_what_is_missing_in_a_channel_is_named(stage: Stage) -> None:
    await stage.open()
    said = await told(stage, stage.world.admin, "admin doctor", channel=stage.world.rules)
    assert _labels(said.text, "❌") == {"Permissions here"}
    assert "Send Messages" in said.text


async def test_servers_that_nobody_named_are_wrong(stage: Stage) -> None:
    await stage.open(HUGOPS_GUILDS="")
    said = await told(stage, stage.world.owner, "admin doctor")
    assert _labels(said.text, "❌") == {"Servers"}
    assert "HUGOPS_GUILDS" in said.text


async def test_a_real_picture_is_made_and_everything_else_is_looked_at(stage: Stage) -> None:
    await stage.open()
    run = await stage.discord.run_command(
        stage.world.admin, stage.world.general, "admin doctor", deep=True
    )
    card, checks = await stage.discord.until(
        lambda: len(run.replies) == 2 and run.replies[0].attachments and run.replies, SLOW
    )
    assert card.ephemeral and checks.ephemeral
    assert _labels(checks.text, "✅") == BY_THE_BOT | {"A real picture"}
    (call,) = stage.upstream.executed()
    assert (call.parameters["width"], call.parameters["height"]) == (512, 512)

    stage.upstream.fail("401")
    run = await stage.discord.run_command(
        stage.world.admin, stage.world.general, "admin doctor", deep=True
    )
    _, checks = await stage.discord.until(lambda: len(run.replies) == 2 and run.replies, SLOW)
    assert _labels(checks.text, "❌") == {"A real picture"}


async def test_in_several_servers_a_real_picture_is_the_owners(stage: Stage) -> None:
    both = f"{stage.world.guild.id},{stage.world.other_guild.id}"
    await stage.open(HUGOPS_GUILDS=both)
    refused = await told(stage, stage.world.admin, "admin doctor", deep=True)
    assert "needs the owner role" in refused.text
    assert refused.ephemeral
    assert stage.upstream.calls == []


async def _card(stage: Stage) -> str:
    said = await told(stage, stage.world.admin, "admin doctor")
    assert said.ephemeral
    return said.text


def _labels(card: str, sign: str) -> set[str]:
    """Labels under a sign; how full the disk of the machine is, is no matter of these tests."""
    found = re.findall(rf"^{sign} \*\*(.+?)\*\* ·", card, re.MULTILINE)
    return {label for label in found if not label.startswith("Free space")}


def _said(said: str, verdict: str) -> set[str]:
    found = re.findall(rf"^{verdict} +([^:>]+):", said, re.MULTILINE)
    return {label for label in found if not label.startswith("Free space")}
