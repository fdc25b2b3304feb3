"""Logging: the libraries' lines go our way, and no secret comes out of either."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.log import HIDDEN, Redaction, configure

BOT_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyz_12345-x"  # noqa: S105
HF_TOKEN = "hf_abcdefghijklmnopqrstuvwxyz01234567"  # noqa: S105
LEAKS = [
    f"logging in with {BOT_TOKEN} now",
    f"token {HF_TOKEN}.",
    "Authorization: Bearer topsecret",
    "authorization: topsecret",
    "{'Authorization': 'Bot topsecret', 'x': 1}",
    "[(b'authorization', b'Bearer topsecret')]",
    '{"token": "topsecret"}',
    "bearer topsecret1",
    "POST https://discord.com/api/v10/webhooks/123/topsecret?wait=true",
    "PATCH /webhooks/123/topsecret/messages/@original",
    "POST /interactions/123/topsecret/callback",
    "an exactly-known value",
]


@pytest.fixture(autouse=True)
def logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(params=["console", "json"])
def log_format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def fail_with(text: str) -> None:
    raise RuntimeError(text)


def assert_clean(text: str) -> None:
    assert HIDDEN in text
    for secret in ("topsecret", BOT_TOKEN, HF_TOKEN, "exactly-known"):
        assert secret not in text


@pytest.mark.parametrize("leak", LEAKS)
def test_no_secret_comes_out_of_any_part_of_an_event(
    leak: str, log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("debug", log_format, secrets=["exactly-known"])
    log = structlog.stdlib.get_logger("bot.test")
    log.info(leak)
    log.info("An argument: %s", leak)
    log.info("Nested.", detail={"list": [leak], "tuple": (leak.encode(),)}, error=ValueError(leak))
    logging.getLogger("discord.client").warning("From a library: %s", leak)
    try:
        fail_with(leak)
    except RuntimeError:
        log.exception("Ours.")
        logging.getLogger("asyncio").exception("Theirs.")
    written = capsys.readouterr().err
    assert written.count(HIDDEN) >= 8
    assert_clean(written)


def test_a_key_that_names_a_secret_hides_its_value(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    structlog.stdlib.get_logger("bot.test").info(
        "Told.", password=HF_TOKEN, headers={"Authorization": 7}, tokens=3
    )
    line = json.loads(capsys.readouterr().err)
    assert (line["password"], line["headers"], line["tokens"]) == (
        HIDDEN,
        {"Authorization": HIDDEN},
        3,
    )


def test_a_json_line_has_the_sentence_the_action_and_the_ids(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("info", "json")
    structlog.stdlib.get_logger("bot.test").info("Job done.", action="job.done", job="j1", n=1)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "Job done.",
        "action": "job.done",
        "job": "j1",
        "n": 1,
        "level": "info",
        "logger": "bot.test",
    }


def test_chatty_libraries_stay_quiet_even_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug", "json")
    logging.getLogger("httpx").info("HTTP Request: GET …")
    for name in ("discord.http", "discord.gateway", "discord.webhook.async_", "httpcore.http11"):
        logging.getLogger(name).debug("payload")
    assert capsys.readouterr().err == ""


def test_the_level_holds_for_everyone(capsys: pytest.CaptureFixture[str]) -> None:
    configure("error", "console")
    structlog.stdlib.get_logger("bot.test").warning("Not shown.")
    logging.getLogger("discord.gateway").info("Not shown.")
    assert capsys.readouterr().err == ""


def test_a_line_that_cannot_be_written_does_not_show_its_arguments(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("info", "console")
    logging.getLogger("some.library").info("%d", HF_TOKEN)
    written = capsys.readouterr().err
    assert written == "A log line of some.library could not be written (TypeError).\n"


@given(st.text(st.characters(exclude_characters="/"), max_size=80))
def test_redaction_never_lets_a_known_secret_pass(around: str) -> None:
    assert "s3cret-value" not in Redaction(["s3cret-value"]).text(f"{around}s3cret-value{around}")


def test_ordinary_words_stay() -> None:
    text = "bot.services.dispatcher: model a/b-1.5 via hf-inference, job 01J8Z, hf_hub, 2026-10-14"
    assert Redaction(["", " "]).text(text) == text
