"""Ready-made jobs for the tests of cards and words."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.core.access import ChannelId, GuildId, UserId
from bot.core.jobs import Job, JobId, JobKey, Request, Result, Status
from bot.core.prices import Basis, Cost

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MODEL = "owner/model"
DEFAULT_MODEL = "stabilityai/stable"


def request(**changes: Any) -> Request:
    return replace(Request(prompt="a red fox", model=MODEL, seed=7), **changes)


def job(**changes: Any) -> Job:
    made = Job(
        id=JobId(1),
        key=JobKey("k3f9abcd"),
        status=Status.QUEUED,
        request=request(),
        guild_id=GuildId(10),
        channel_id=ChannelId(20),
        user_id=UserId(30),
        created_at=NOW,
        attempt=1,
        tries=0,
    )
    return replace(made, **changes)


def result(**changes: Any) -> Result:
    made = Result(
        media="k3f9abcd.1",
        mime="image/png",
        width=768,
        height=1024,
        seconds=7.24,
        provider="hf-inference",
        cost=Cost(basis=Basis.ESTIMATED, amount_nusd=1_200_000),
    )
    return replace(made, **changes)
