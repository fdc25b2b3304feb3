"""Settings: the defaults, every bad value as a sentence without a secret, and .env.example."""

import re
from pathlib import Path

import pytest

from bot.config import LogLevel, Plan, Settings, SettingsError, setting_names

EXAMPLE = Path(__file__).parent.parent / ".env.example"
DISCORD_TOKEN = "MTIz.GabcDE.sig-nature"  # noqa: S105  # made up
HF_TOKEN = "hf_madeupvalue"  # noqa: S105  # made up

BAD_VALUES = [
    ("DISCORD_API_URL", "https://example.com/api/v10", "on this machine"),
    ("DISCORD_API_URL", "http://discord.com/api/v10", "on this machine"),
    ("DISCORD_API_URL", "https://discord.com.example.org", "on this machine"),
    ("DISCORD_API_URL", "https://example.org\\.discord.com", "http:// or https://"),
    ("DISCORD_API_URL", "https://127.0.0.1@example.org", "user name"),
    ("HF_ENDPOINT", "ftp://huggingface.co", "http:// or https://"),
    ("HF_ROUTER_URL", "router.huggingface.co", "http:// or https://"),
    ("HF_ENDPOINTS_URL", "https://", "http:// or https://"),
    ("HF_STATUS_URL", "https://status.huggingface.co:port", "http:// or https://"),
    ("HUGOPS_BACKEND_URL", "http://[::1", "http:// or https://"),
    ("HUGOPS_BACKEND_URL", "http://one two", "http:// or https://"),
    ("HUGOPS_BACKEND_URL", "https://me:pass@example.org", "user name or password"),
    ("HUGOPS_IMAGE_MODEL", "../secrets", "owner/name"),
    ("HUGOPS_IMAGE_MODEL", "https://huggingface.co/a/b", "owner/name"),
    ("HUGOPS_DATABASE_URL", "postgresql+asyncpg://me:pass@db/hugops", "SQLite only"),
    ("HUGOPS_DATABASE_URL", "mysql://db/hugops", "must name a file"),
    ("HUGOPS_DATABASE_URL", "sqlite+aiosqlite:///", "must name a file"),
    ("HUGOPS_DATABASE_URL", "sqlite+aiosqlite:///:memory:", "must name a file"),
    ("HUGOPS_MEDIA_URL", "   ", "blank"),
    ("HUGOPS_PLAN", "enterprise", "free, pro, unlimited"),
    ("HUGOPS_OWNER_IDS", "ana", "whole numbers"),
    ("HUGOPS_GUILDS", "1;2", "whole numbers"),
    ("HUGOPS_SYNC_GUILDS", "-1", "whole numbers"),
    ("HUGOPS_SHARD_IDS", "0.5", "whole numbers"),
    ("HUGOPS_SHARD_IDS", "0", "HUGOPS_SHARD_COUNT"),
    ("HUGOPS_SHARD_COUNT", "0", "from 1"),
    ("HUGOPS_MEDIA_DAYS", "0", "from 1"),
    ("HUGOPS_PROMPT_DAYS", "soon", "from 1"),
    ("HUGOPS_MEDIA_BYTES", "2 apples", "2 GB"),
    ("HUGOPS_MEDIA_BYTES", "0 GB", "above zero"),
    ("HUGOPS_MEDIA_BYTES", "much", "2 GB"),
    ("HUGOPS_LEASE_SECONDS", "0", "above zero"),
    ("HUGOPS_SHUTDOWN_SECONDS", "-8", "above zero"),
    ("HUGOPS_UPSTREAM_TIMEOUT", "nan", "above zero"),
    ("HUGOPS_HTTP_HOST", " ", "blank"),
    ("HUGOPS_HTTP_PORT", "65536", "65535"),
    ("HUGOPS_HTTP_PORT", "http", "65535"),
    ("HUGOPS_LOG_LEVEL", "loud", "debug, info, warning, error"),
    ("HUGOPS_LOG_FORMAT", "xml", "console, json"),
]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_setting_has_its_default() -> None:
    settings = Settings.load()
    assert settings.discord_token is None
    assert settings.discord_api_url == "https://discord.com/api/v10"
    assert settings.plan is Plan.FREE
    assert settings.media_bytes == 2_000_000_000
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8081)
    assert (settings.owner_ids, settings.shard_count, settings.backend_url) == ((), None, None)
    assert settings.unknown == ()


@pytest.mark.parametrize(("name", "value", "words"), BAD_VALUES)
def test_a_bad_value_is_a_sentence_that_names_it(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    sentence = str(caught.value)
    assert sentence.startswith(f"{name} ")
    assert sentence.endswith(".")
    assert words in sentence
    assert "pass@" not in sentence
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "is missing"),
        ("   ", "is blank"),
        ("Bot MTIz.GabcDE.signature", "white space"),
        ("MTIz.GabcDE", "three parts"),
        ("MTIz..signature", "three parts"),
        ("a.b.c.d", "three parts"),
    ],
)
def test_a_bad_discord_token_stops_a_run_and_nothing_else(
    value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", value)
    monkeypatch.setenv("HF_TOKEN", HF_TOKEN)
    settings = Settings.load()
    with pytest.raises(SettingsError) as caught:
        settings.require_for_run()
    sentence = str(caught.value)
    assert "DISCORD_TOKEN" in sentence
    assert words in sentence
    assert "https://discord.com/developers/applications" in sentence
    assert not value.strip() or value not in sentence


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "is missing"),
        (" \t", "is blank"),
        ("hf_made up", "white space"),
        ("madeupvalue", "does not start with hf_"),
        ("hf_", "does not start with hf_"),
    ],
)
def test_a_bad_hugging_face_token_stops_a_run(
    value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", DISCORD_TOKEN)
    monkeypatch.setenv("HF_TOKEN", value)
    with pytest.raises(SettingsError) as caught:
        Settings.load().require_for_run()
    sentence = str(caught.value)
    assert "HF_TOKEN" in sentence
    assert words in sentence
    assert "https://huggingface.co/settings/tokens" in sentence
    assert "made" not in sentence


def test_both_tokens_are_told_about_at_once() -> None:
    with pytest.raises(SettingsError, match=r"(?s)DISCORD_TOKEN is missing.*HF_TOKEN is missing"):
        Settings.load().require_for_run()


def test_an_own_endpoint_needs_no_hugging_face_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", DISCORD_TOKEN)
    monkeypatch.setenv("HUGOPS_BACKEND_URL", "http://127.0.0.1:9000/")
    settings = Settings.load()
    settings.require_for_run()
    assert settings.backend_url == "http://127.0.0.1:9000"
    monkeypatch.setenv("HF_TOKEN", "oops")
    with pytest.raises(SettingsError, match="HF_TOKEN"):
        Settings.load().require_for_run()


def test_several_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUGOPS_PLAN", "x")
    monkeypatch.setenv("HUGOPS_HTTP_PORT", "x")
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    assert [line.split()[0] for line in str(caught.value).splitlines()] == [
        "HUGOPS_PLAN",
        "HUGOPS_HTTP_PORT",
    ]


def test_values_of_env_file_and_environment_are_read(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / ".env").write_text(
        "HUGOPS_PLAN=pro\nHUGOPS_GUILDS='3, 1 3'\nHUGOPS_MEDIA_BYTES=1.5 GiB\n"
        "HUGOPS_LOG_LEVEL=\nHUGOPS_SHARD_IDS=0,1\nHUGOPS_SHARD_COUNT=2\nHUGOPS_LEASE_SECONDS=0.5\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("HUGOPS_PLAN", "UNLIMITED")
    monkeypatch.setenv("DISCORD_API_URL", "http://localhost:4000/api/v10/")
    settings = Settings.load()
    assert settings.plan is Plan.UNLIMITED
    assert settings.guilds == (3, 1)
    assert settings.media_bytes == 3 * 2**29
    assert settings.log_level is LogLevel.INFO
    assert (settings.shard_ids, settings.shard_count) == ((0, 1), 2)
    assert settings.lease_seconds == 0.5
    assert settings.discord_api_url == "http://localhost:4000/api/v10"


def test_shard_ids_are_below_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUGOPS_SHARD_IDS", "0 2")
    monkeypatch.setenv("HUGOPS_SHARD_COUNT", "2")
    with pytest.raises(SettingsError, match="below HUGOPS_SHARD_COUNT"):
        Settings.load()


def test_settings_are_frozen_and_secrets_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", HF_TOKEN)
    monkeypatch.setenv("DISCORD_TOKEN", DISCORD_TOKEN)
    settings = Settings.load()
    for text in (repr(settings), str(settings), settings.model_dump_json()):
        assert HF_TOKEN not in text
        assert DISCORD_TOKEN not in text
    with pytest.raises(ValueError, match="frozen"):
        settings.plan = Plan.PRO


def test_an_unknown_line_is_named_with_the_nearest_setting(empty_folder: Path) -> None:
    (empty_folder / ".env").write_text("HUGOPS_PLAM=pro\nHUGOPS_X=1\nOTHER=1\n", encoding="utf-8")
    first, second = Settings.load().unknown
    assert str(first) == (
        "HUGOPS_PLAM in .env is not a setting and has no effect. Did you mean HUGOPS_PLAN?"
    )
    assert second.nearest is None


def test_an_unreadable_env_file_is_a_sentence(empty_folder: Path) -> None:
    (empty_folder / ".env").write_bytes(b"HUGOPS_PLAN=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        Settings.load()


def test_env_example_lists_every_setting_once_with_a_meaning() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    found = [i for i, line in enumerate(lines) if re.match(r"#?[A-Z][A-Z_]+=", line)]
    names = [lines[i].lstrip("#").split("=")[0] for i in found]
    assert sorted(names) == sorted(setting_names())
    for i in found:
        assert re.match(r"# \w.*[^.]\.?$", lines[i - 1]), f"no meaning above {lines[i]}"


def test_env_example_shows_the_defaults(empty_folder: Path) -> None:
    text = re.sub(r"(?m)^#(?=[A-Z][A-Z_]+=)", "", EXAMPLE.read_text(encoding="utf-8"))
    defaults = Settings.load()
    (empty_folder / ".env").write_text(text, encoding="utf-8")
    assert Settings.load() == defaults
    shown = {line.split("=")[0] for line in text.splitlines() if re.match(r"[A-Z_]+=.", line)}
    unset = {None, ()}
    with_default = {
        str(field.validation_alias)
        for field in Settings.model_fields.values()
        if field.default not in unset
    }
    assert shown == with_default
