"""Spans and dates as people type them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.durations import since, until
from bot.core.errors import BadValue

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", NOW - timedelta(minutes=30)),
        (" 2H ", NOW - timedelta(hours=2)),
        ("3 d", NOW - timedelta(days=3)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_a_span_or_a_date_points_back(text: str, expected: datetime) -> None:
    assert since(text, NOW, option="since") == expected


@pytest.mark.parametrize("text", ["", "yesterday", "-3d", "3w", "2026-13-01", "99999d"])
def test_anything_else_is_refused_with_what_is_taken(text: str) -> None:
    with pytest.raises(BadValue):
        since(text, NOW, option="since")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", NOW + timedelta(minutes=30)),
        (" 2H ", NOW + timedelta(hours=2)),
        ("3 d", NOW + timedelta(days=3)),
        ("2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_span_or_a_date_points_ahead(text: str, expected: datetime) -> None:
    assert until(text, NOW, option="until") == expected


@pytest.mark.parametrize("text", ["", "tomorrow", "0m", "2026-11-21", "2026-11-01"])
def test_what_is_over_already_or_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        until(text, NOW, option="until")
