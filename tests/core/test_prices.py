"""Costs: an amount with its basis, and never a silent zero."""

import pytest

from bot.core.prices import UNKNOWN, Basis, Cost, of_compute


@pytest.mark.parametrize(
    ("seconds", "amount_nusd"),
    [(0.0, 0), (1.0, 120_000), (7.2, 864_000), (0.0000001, 0), (10.0, 1_200_000)],
)
def test_compute_costs_its_seconds_times_the_rate(seconds: float, amount_nusd: int) -> None:
    assert of_compute(seconds) == Cost(basis=Basis.ESTIMATED, amount_nusd=amount_nusd)


def test_an_unknown_cost_has_no_amount_and_books_nothing() -> None:
    assert UNKNOWN.amount_nusd is None
    assert UNKNOWN.booked_nusd == 0


def test_a_known_cost_books_its_amount() -> None:
    assert Cost(basis=Basis.ACTUAL, amount_nusd=5).booked_nusd == 5
