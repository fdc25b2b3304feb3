"""Custom ids: what a button carries, and what is refused when it comes back."""

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.client import HugOps, is_loopback, press_of
from bot.core.errors import Cause
from bot.core.jobs import Status
from cogs import _views
from tests.cogs.jobs import job, request, result


@given(st.from_regex(r"[a-z]{1,20}", fullmatch=True), st.from_regex(r"[\w-]{1,70}", fullmatch=True))
def test_a_press_comes_back_as_it_was_sent(verb: str, key: str) -> None:
    if key.isascii():
        assert press_of(_views.press_id(verb, key)) == (verb, key)


@pytest.mark.parametrize(
    "custom_id",
    [
        "",
        "v1",
        "v1:reroll",
        "v1:reroll:",
        "v1::key",
        "v2:reroll:key",
        "v1:Reroll:key",
        "v1:reroll:../key",
        "v1:reroll:key\n",
        "v1:reroll:key:more",
        "v1:reroll:" + "k" * 71,
        "some-other-bot",
    ],
)
def test_anything_else_is_not_ours(custom_id: str) -> None:
    assert press_of(custom_id) is None


@given(st.text(max_size=120))
def test_no_text_breaks_the_parser(custom_id: str) -> None:
    press = press_of(custom_id)
    assert press is None or _views.press_id(*press) == custom_id


async def test_a_view_is_only_layout(client: HugOps) -> None:
    """The library must not keep it: after a restart there would be nothing to keep."""
    done = job(status=Status.DONE, result=result())
    broken = job(status=Status.FAILED, cause=Cause.BROKEN_LINE)
    rows = [
        _views.queue_row("k"),
        _views.result_row("k", share=True),
        _views.job_row(done, own=True),
        _views.line_row("mine"),
        _views.status_row(),
        _views.failure_row(broken),
    ]
    for row in rows:
        assert row is not None
        assert row.is_finished()
        for button in row.children:
            press = press_of(str(getattr(button, "custom_id", "")))
            assert press is not None
            assert press[0] in client.presses


def test_try_again_is_offered_only_where_it_may_help() -> None:
    def labels(cause: Cause) -> list[str | None]:
        row = _views.failure_row(job(status=Status.FAILED, cause=cause))
        return [getattr(button, "label", None) for button in row.children] if row else []

    helped = {Cause.BROKEN_LINE, Cause.NO_ANSWER, Cause.RESTARTED}
    assert all(labels(cause) == ["Try again"] for cause in helped)
    assert labels(Cause.GATED) == ["Open page"]
    assert not any(labels(cause) for cause in set(Cause) - helped - {Cause.GATED})


def test_no_picture_no_repost() -> None:
    deleted = job(status=Status.DONE, result=result(media=None))
    labels = [getattr(button, "label", None) for button in _views.job_row(deleted).children]
    assert labels == ["Reuse prompt"]


def test_share_is_offered_on_ones_own_private_picture_only() -> None:
    def offered(row: discord.ui.View) -> bool:
        return "Share" in [getattr(button, "label", None) for button in row.children]

    secret = job(status=Status.DONE, result=result(), request=request(private=True))
    plain = job(status=Status.DONE, result=result())
    assert offered(_views.job_row(secret, own=True))
    assert not offered(_views.job_row(secret))
    assert not offered(_views.job_row(plain, own=True))
    assert not offered(_views.result_row("k"))


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("ws://127.0.0.1:4000/gateway", True),
        ("ws://[::1]:4000", True),
        ("http://localhost/api/v10", True),
        ("wss://gateway.discord.gg", False),
        ("ws://127.0.0.1.example.org", False),
        ("not an address", False),
    ],
)
def test_loopback_is_told_from_everything_else(url: str, *, here: bool) -> None:
    assert is_loopback(url) is here
