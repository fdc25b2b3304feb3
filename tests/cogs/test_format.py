"""What people type loses its power and keeps its meaning; numbers and times read well."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.prices import UNKNOWN, Basis, Cost
from cogs import _format as fmt

ACTIVE = re.compile(
    r"@everyone|@here"  # everybody
    r"|<@[!&]?\d|<#\d|<id:|</|<a?:\w+:\d|<t:\d"  # people, channels, commands, emoji, times
    r"|https?://"  # links
)
UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*[*_~`|\[\]<>@]")
HOSTILE = (
    "@everyone <@123> <@&5> <#6> </imagine:7> <:x:8> <t:1:R> ||spoiler|| **b** __u__ ~~s~~ `c` "
    "```block``` [a](https://evil.example) https://evil.example\n# heading\n- list\n-# small\n"
    "1. one\n> quote \u202e\u200b\u2066"
)

hostile_pieces = st.lists(
    st.one_of(st.sampled_from(HOSTILE.split()), st.text(max_size=20), st.just("\n")), max_size=40
)


def check_harmless(quoted: str) -> None:
    assert not ACTIVE.search(quoted), quoted
    assert not UNESCAPED.search(quoted), quoted
    assert "\n" not in quoted
    assert quoted.startswith("“")
    assert quoted.endswith("”")
    assert not re.search(r"(?<!\\)(?:\\\\)*\\”$", quoted), "the mark itself was escaped"


def test_a_hostile_prompt_is_only_text() -> None:
    check_harmless(fmt.quote(HOSTILE, 3000))


@given(hostile_pieces, st.integers(min_value=20, max_value=500))
def test_nothing_typed_stays_active_at_any_length(pieces: list[str], most: int) -> None:
    quoted = fmt.quote(" ".join(pieces), most)
    check_harmless(quoted)
    assert len(quoted) <= most


@given(st.text(alphabet="abc XYZ,.!?äé東", max_size=200))
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert fmt.quote(text) == f"“{' '.join(text.split())}”"


@given(st.text(max_size=200))
def test_inline_code_cannot_be_broken_out_of(text: str) -> None:
    shown = fmt.code(text)
    assert shown == "nothing" or shown.count("`") == 2
    assert "@everyone" not in shown
    assert "\n" not in shown


@given(st.text(max_size=3000))
def test_a_block_cannot_be_broken_out_of(text: str) -> None:
    shown = fmt.block(text, 500)
    assert shown.count("```") == 2
    assert len(shown) <= 500


def test_times_are_left_to_the_reader() -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    unix = int(at.timestamp())
    assert [fmt.relative(at), fmt.clock(at), fmt.day(at), fmt.moment(at)] == [
        f"<t:{unix}:R>",
        f"<t:{unix}:t>",
        f"<t:{unix}:D>",
        f"<t:{unix}:f>",
    ]


def test_numbers_are_written_in_full() -> None:
    assert fmt.count(765432) == "765,432"
    assert [fmt.plural(1, "slot"), fmt.plural(2000, "slot")] == ["1 slot", "2,000 slots"]
    assert [fmt.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]
    )
    assert [fmt.span(n) for n in (2, 300, 7200, 86400, 90)] == ["2 s", "5m", "2h", "1d", "90 s"]
    assert fmt.seconds(7.24) == "7.2 s"
    assert fmt.megabytes(14 * 1024 * 1024) == "14 MB"
    assert fmt.megabytes(1024 * 1024) == "1 MB"
    assert fmt.megabytes(68_900) == "67.3 KB"


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (Cost(basis=Basis.ESTIMATED, amount_nusd=1_200_000), "est. $0.0012"),
        (Cost(basis=Basis.ACTUAL, amount_nusd=100_000_000), "$0.10"),
        (Cost(basis=Basis.ESTIMATED, amount_nusd=36_000), "est. under $0.0001"),
        (UNKNOWN, "cost unknown"),
    ],
)
def test_a_cost_says_how_sure_it_is(cost: Cost, said: str) -> None:
    assert fmt.cost(cost) == said


@given(st.integers(min_value=0, max_value=5000), st.integers(min_value=0, max_value=5000))
def test_a_gauge_has_always_the_same_width(used: int, cap: int) -> None:
    bar, _, words = fmt.gauge(used, cap).partition(" ")
    assert len(bar) == 10
    assert words == f"{used:,}/{cap:,}"


def test_a_gauge_shows_the_first_use() -> None:
    assert fmt.gauge(12, 30) == "▕███░░░░░▏ 12/30"
    assert fmt.gauge(1, 1000).startswith("▕█░")
    assert fmt.gauge(0, 30).startswith("▕░")
