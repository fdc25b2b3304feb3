"""A client that is not connected, with every cog loaded, over an app of fakes."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.app import App
from bot.card_parts import CardParts
from bot.client import ClientOptions, HugOps
from bot.services.changes import Changes
from tests.fakes import FakeClock, FakeShrinker


def fake_app(**parts: Any) -> App:
    """An App with only what a test needs; anything else it touches is an AttributeError."""
    usual: dict[str, Any] = {
        "clock": FakeClock(),
        "changes": Changes(),
        "account": None,
        "sync_guilds": frozenset[int](),
        "default_model": "stabilityai/stable",
        "card": CardParts(
            watching=cast("Any", None),
            looking=cast("Any", None),
            sharing=cast("Any", None),
            shrinker=FakeShrinker(),
            media_kept=timedelta(days=30),
        ),
    }
    return cast("App", SimpleNamespace(**usual | parts))


@pytest.fixture
async def client() -> AsyncGenerator[HugOps]:
    made = HugOps(fake_app(), ClientOptions())
    await made.load_cogs()
    yield made
    for name in list(made.extensions):
        await made.unload_extension(name)
