"""The note beside a spooled picture says all that its result needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.jobs import Result
from bot.core.prices import UNKNOWN, Basis, Cost
from bot.core.spool import decode, encode, note_name, picture_name
from tests.factories import make_result

COSTS = st.one_of(
    st.just(UNKNOWN),
    st.builds(
        Cost,
        basis=st.sampled_from([Basis.ACTUAL, Basis.ESTIMATED]),
        amount_nusd=st.integers(min_value=0, max_value=10**15),
    ),
)
RESULTS = st.builds(
    Result,
    media=st.text(min_size=1),
    mime=st.sampled_from(["image/png", "image/jpeg", "image/webp"]),
    width=st.integers(min_value=1, max_value=10_000),
    height=st.integers(min_value=1, max_value=10_000),
    seconds=st.floats(min_value=0, allow_nan=False, allow_infinity=False),
    provider=st.text(),
    cost=COSTS,
)


@given(RESULTS)
def test_a_note_gives_back_the_result_it_was_made_from(result: Result) -> None:
    assert decode(encode(result)) == result


def test_every_attempt_has_names_of_its_own() -> None:
    assert picture_name("k3y", 2) == "k3y.2"
    assert note_name("k3y.2") == "k3y.2.json"


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b"{}", b'{"media": "x"}', b"\xff"])
def test_a_torn_note_is_worth_nothing(torn: bytes) -> None:
    assert decode(torn) is None


@given(st.integers(min_value=0, max_value=400))
def test_half_a_note_is_worth_nothing(kept: int) -> None:
    note = encode(make_result())
    assert decode(note[:kept]) == (make_result() if kept >= len(note) else None)
