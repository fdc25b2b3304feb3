"""Alerts: each once, and again only after trouble on the line."""

from types import SimpleNamespace
from typing import Any, cast

import discord

from bot.core.errors import Cause
from cogs._alert_posts import AlertVoice
from tests.cogs.conftest import fake_app
from tests.cogs.jobs import NOW
from tests.cogs.test_answers import http_error
from tests.cogs.test_delivery import FakeAlerts


class FakeChannel:
    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.sent: list[tuple[str, str]] = []

    async def send(self, *, embed: discord.Embed, nonce: str, **_: Any) -> None:
        self.sent.append((str(embed.description), nonce))
        if self._errors:
            raise self._errors.pop(0)


async def test_an_alert_is_told_once_and_again_only_after_trouble_on_the_line() -> None:
    channels = {
        1: FakeChannel(),
        2: FakeChannel(http_error(403, 50013)),
        3: FakeChannel(http_error(500, 0)),
    }
    alerts = FakeAlerts(*channels)
    app = fake_app(alerts=alerts, clock=SimpleNamespace(now=lambda: NOW))
    client = SimpleNamespace(app=app, get_partial_messageable=channels.__getitem__)
    voice = AlertVoice(cast("Any", client))
    await voice.tell(Cause.TOKEN_INVALID)
    assert [guild for guild, _ in alerts.owed] == [3]
    await voice.tell(None)
    await voice.tell(None)
    assert alerts.owed == []
    assert [len(channel.sent) for channel in channels.values()] == [1, 1, 2]
    (first, again), nonces = channels[3].sent, {c.sent[0][1] for c in channels.values()}
    assert first == again, "the same nonce, so that Discord shows it once"
    assert len(nonces) == 3, "each server has its own"
    assert "token is invalid or revoked" in first[0]
