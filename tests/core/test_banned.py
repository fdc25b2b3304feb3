"""Banned words: found however they are dressed, and only whole."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.banned import folded, holds_banned

WORDS = st.text("abcdefghijklmnopqrstuvwxyzéüß", min_size=1, max_size=12)
DRESSES = st.sampled_from(["\u200b", "\u0301", "\u200d", "\u2060", "\ufe0f"])


@pytest.mark.parametrize(
    ("text", "banned", "found"),
    [
        ("a nude on a hill", "nude", True),
        ("NUDE", "nude", True),
        ("nudes", "nude", False),
        ("denude it", "nude", False),
        ("\uff2e\uff35\uff24\uff25", "nude", True),
        ("n\u0301u\u0308de", "nude", True),
        ("nu\u200bde", "nude", True),
        ("(nude)", "nude", True),
        ("so_nude_here", "nude", True),
        ("a RÜDE, word!", "rude word", True),
        ("rude last word", "rude word", False),
        ("rude\n word", "Rude  Word", True),
        ("STRASSE", "straße", True),
        ("ﬁre", "fire", True),
        ("一个裸体的人", "裸体", True),
        ("裸の体", "裸体", False),
        ("so 🔞🔞", "🔞", True),
        ("anything", "", False),
        ("anything", "\u200b", False),
    ],
)
def test_a_word_is_found_however_it_is_dressed(text: str, banned: str, *, found: bool) -> None:
    assert holds_banned(text, [banned]) is found


def test_one_of_many_is_enough_and_none_is_nothing() -> None:
    assert holds_banned("a rude word", ["other", "rude"])
    assert not holds_banned("a rude word", [])


@given(
    word=WORDS,
    dresses=st.lists(st.tuples(st.integers(0, 12), DRESSES), max_size=8),
    loud=st.booleans(),
)
def test_marks_and_case_hide_nothing(
    word: str, dresses: list[tuple[int, str]], *, loud: bool
) -> None:
    worn = word.upper() if loud else word
    for at, dress in dresses:
        worn = worn[:at] + dress + worn[at:]
    assert holds_banned(f"a {worn}, there", [word])


@given(WORDS, st.text("0123456789", min_size=1, max_size=3))
def test_a_longer_word_is_another(word: str, more: str) -> None:
    assert not holds_banned(f"{word}{more}, {more}{word}", [word])


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_and_any_form_folds_alike(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert folded(unicodedata.normalize("NFD", text)) == once


def test_a_prompt_made_to_be_slow_is_not() -> None:
    assert not holds_banned("a\u0301" * 100_000, ["a" * 60] * 200)


@pytest.mark.parametrize("filler", ["\u115f", "\u1160", "\u3164", "\uffa0", "\u200b", "\u00ad"])
def test_signs_that_nobody_sees_hide_nothing(filler: str) -> None:
    assert holds_banned(f"a ru{filler}de word", ["rude"])
