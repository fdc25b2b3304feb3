"""What a call cost: actual, estimated or unknown, never a silent zero. Called by hub and services.

The rate is Hugging Face's own example for hf-inference: compute seconds times the price of the
hardware, $0.00012 per second (Inference Providers pricing page, read 2026-08-21).
"""

from dataclasses import dataclass
from enum import Enum

NUSD_PER_USD = 1_000_000_000
NUSD_PER_CENT = NUSD_PER_USD // 100
HF_INFERENCE_NUSD_PER_SECOND = 120_000
RESERVED_PER_IMAGE_NUSD = 1_200_000  # ten seconds of hf-inference: held until the call has ended


class Basis(Enum):
    """How sure an amount is."""

    ACTUAL = "actual"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """An amount in nano-USD with its basis; the amount of an unknown cost is None."""

    basis: Basis
    amount_nusd: int | None

    @property
    def booked_nusd(self) -> int:
        """What the books count: an unknown cost counts nothing and is listed as unknown."""
        return self.amount_nusd or 0


UNKNOWN = Cost(basis=Basis.UNKNOWN, amount_nusd=None)


def of_compute(seconds: float) -> Cost:
    """The estimated cost of `seconds` of compute on hf-inference."""
    amount = round(seconds * HF_INFERENCE_NUSD_PER_SECOND)
    return Cost(basis=Basis.ESTIMATED, amount_nusd=amount)
