"""What can be wrong before and while the bot runs: one sentence, exit code 2, nothing secret."""

import time

import pytest

from bot.sandbox.upstream import DEMO_TOKEN, Token
from tests.e2e.conftest import Stage
from tests.e2e.scenes import ended, eventually, painted, queued, rows, stop, told

SETTINGS = 2
UNKNOWN = "nobody.knows.this-one"
RENEWED = "hf_renewed"
NOWHERE = "http://127.0.0.1:9"  # the port of "discard", where nobody listens

BAD_SETTINGS = [
    ("DISCORD_TOKEN", "", "missing"),
    ("DISCORD_TOKEN", "  ", "blank"),
    ("DISCORD_TOKEN", "not-a-token", "three parts"),
    ("DISCORD_TOKEN", "one.two three.four", "white space"),
    ("HF_TOKEN", "", "missing"),
    ("HF_TOKEN", "hf_with blank", "white space"),
    ("HF_TOKEN", "sk-elsewhere", "hf_"),
    ("DISCORD_API_URL", "http://192.0.2.1/api/v10", "on this machine"),
    ("DISCORD_API_URL", "discord", "address"),
    ("HUGOPS_DATABASE_URL", "sqlite+aiosqlite:///", "file"),
    ("HUGOPS_DATABASE_URL", "postgresql+asyncpg://127.0.0.1/x", "SQLite"),
    ("HUGOPS_PLAN", "gold", "free, pro, unlimited"),
    ("HUGOPS_HTTP_PORT", "99999", "65535"),
]


@pytest.mark.parametrize(("name", "value", "hint"), BAD_SETTINGS)
async def test_a_bad_setting_is_one_sentence_that_names_it(
    stage: Stage, name: str, value: str, hint: str
) -> None:
    said = await _refused(stage, **{name: value})
    assert said.startswith(name)
    assert hint in said
    assert not name.endswith("TOKEN") or value not in said or not value.strip()


async def test_every_bad_setting_is_named_at_once(stage: Stage) -> None:
    code, said = await stage.bot.run("run", DISCORD_TOKEN="", HF_TOKEN="")
    assert code == SETTINGS
    assert [line.split()[0] for line in said.splitlines()] == ["DISCORD_TOKEN", "HF_TOKEN"]


async def test_a_damaged_ledger_is_refused(stage: Stage) -> None:
    (stage.bot.folder / "other.db").write_bytes(b"this was never a ledger " * 500)
    said = await _refused(stage, HUGOPS_DATABASE_URL="sqlite+aiosqlite:///other.db")
    assert "HUGOPS_DATABASE_URL" in said
    assert "not a ledger" in said


async def test_a_read_only_ledger_is_refused(stage: Stage) -> None:
    code, _ = await stage.bot.run("ledger", "upgrade")
    assert code == 0
    address = f"sqlite+aiosqlite:///file:{stage.bot.folder}/ledger.db?mode=ro&uri=true"
    said = await _refused(stage, HUGOPS_DATABASE_URL=address)
    assert "HUGOPS_DATABASE_URL" in said


async def test_a_ledger_in_a_place_that_cannot_be_written_is_refused(stage: Stage) -> None:
    (stage.bot.folder / "file").touch()
    said = await _refused(stage, HUGOPS_DATABASE_URL="sqlite+aiosqlite:///file/ledger.db")
    assert "HUGOPS_DATABASE_URL" in said
    assert "folder" in said


async def test_a_media_folder_that_cannot_be_written_is_refused(stage: Stage) -> None:
    (stage.bot.folder / "file").touch()
    said = await _refused(stage, HUGOPS_MEDIA_URL="file/media")
    assert "HUGOPS_MEDIA_URL" in said


async def test_a_second_bot_on_the_same_ledger_is_refused(stage: Stage) -> None:
    await stage.open()
    code, said = await stage.bot.run("run")
    assert code == SETTINGS
    assert "another HugOps is running on it" in said
    assert "Traceback" not in said
    await painted(stage, await queued(stage, stage.world.ana, "the first one works on"))


async def test_a_taken_port_is_refused(stage: Stage) -> None:
    port = stage.discord.base_url.rsplit(":", 1)[1]
    said = await _refused(stage, HUGOPS_HTTP_PORT=port)
    assert "HUGOPS_HTTP_PORT" in said


async def test_a_token_that_discord_does_not_know_is_refused(stage: Stage) -> None:
    said = await _refused(stage, DISCORD_TOKEN=UNKNOWN)
    assert "DISCORD_TOKEN" in said
    assert UNKNOWN not in said


async def test_a_token_that_the_gateway_refuses_is_refused(stage: Stage) -> None:
    stage.discord.gateway.token = UNKNOWN
    said = await _refused(stage)
    assert "DISCORD_TOKEN" in said
    assert set(stage.discord.gateway.close_codes) == {4004}


async def test_a_gateway_on_another_machine_is_refused(stage: Stage) -> None:
    stage.discord.gateway.url = "ws://192.0.2.1/gateway"
    assert "DISCORD_API_URL" in await _refused(stage)


async def test_it_waits_for_a_discord_that_is_away_and_can_be_stopped_meanwhile(
    stage: Stage,
) -> None:
    await stage.bot.start(DISCORD_API_URL=f"{NOWHERE}/api/v10")
    await eventually(lambda: stage.bot.log.count("Discord is out of reach") > 2)
    started = time.monotonic()
    assert await stage.bot.terminate() == 0
    assert time.monotonic() - started < 6
    assert "Traceback" not in stage.bot.log


async def test_it_starts_while_hugging_face_is_down(stage: Stage) -> None:
    await stage.open(HF_ENDPOINT=NOWHERE)
    await painted(stage, await queued(stage, stage.world.ana, "a bridge in fog"))
    assert "Hugging Face did not say whose token this is" in stage.bot.log


async def test_a_new_token_of_the_same_account_forgets_nothing(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    key = await queued(stage, stage.world.ana, "a mill by the river")
    await painted(stage, key)
    assert await stop(stage) == 0
    stage.upstream.tokens = {RENEWED: Token(account="demo")}

    await stage.open(HUGOPS_PLAN="pro", HF_TOKEN=RENEWED)
    limits = await told(stage, stage.world.admin, "admin limits show")
    assert "1/30" in limits.text
    shown = await told(stage, stage.world.ana, "jobs show", job=key)
    assert "a mill by the river" in shown.text
    assert rows(stage, "SELECT COUNT(*) FROM lane") == [(1,)]
    await painted(stage, await queued(stage, stage.world.ana, "the mill again"))


async def test_nothing_secret_is_logged(stage: Stage) -> None:
    stage.upstream.fail("401")
    stage.upstream.fail("reset_after_work")
    await stage.open(HUGOPS_LOG_LEVEL="debug", HUGOPS_LOG_FORMAT="json")
    for prompt in ("one", "two", "three"):
        await ended(stage, await queued(stage, stage.world.ana, prompt))
    stage.upstream.hold()
    late = await queued(stage, stage.world.ana, "four")
    stage.discord.expire_all_tokens()
    stage.upstream.release()
    await painted(stage, late)
    assert await stop(stage) == 0

    await eventually(lambda: "Stopped" in stage.bot.log)
    secrets = [stage.discord.token, DEMO_TOKEN]
    secrets += [interaction.token for interaction in stage.discord.interactions]
    assert [secret for secret in secrets if secret in stage.bot.log] == []


async def _refused(stage: Stage, **settings: str) -> str:
    """Start with these settings: it must end by itself with one readable sentence."""
    code, said = await stage.bot.run("run", HUGOPS_LOG_LEVEL="error", **settings)
    assert (code, said.count("\n")) == (SETTINGS, 1), said
    assert said.endswith((".\n", ".)\n"))
    assert "Traceback" not in said
    return said
