"""`make simulate`: every case for two days and many seeds, as a table; fails where a case fails.

`--seeds 3` is what CI plays.
"""

import asyncio
import tempfile
from pathlib import Path
from statistics import mean
from typing import Annotated

import typer

from bench.simulation.cases import CASES, Case
from bench.simulation.engine import Score, play

HOURS = 48.0


def _play(case: Case, seed: int, hours: float) -> Score:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(play(case, seed=seed, hours=hours, folder=Path(folder)))


def _is_right(case: Case, scores: list[Score]) -> bool:
    share = mean(score.share for score in scores)
    refused = max(score.refused for score in scores)
    books = sum(score.broken for score in scores)
    return share >= case.at_least and refused <= case.refusals_at_most and not books


def _line(case: Case, scores: list[Score]) -> str:
    shares = [score.share for score in scores]
    refused = [score.refused for score in scores]
    aim = f"{case.at_least:.2f}, {case.refusals_at_most}"
    verdict = "yes" if _is_right(case, scores) else "**no**"
    worst = f"{min(shares):.3f} | {mean(refused):.1f} | {max(refused)}"
    return f"| {case.name} | {mean(shares):.3f} | {worst} | {aim} | {verdict} |"


def main(
    seeds: Annotated[int, typer.Option(help="How many seeds of each case.")] = 20,
    hours: Annotated[float, typer.Option(help="Hours of virtual time.")] = HOURS,
) -> None:
    """Play every case."""
    typer.echo(
        "| upstream | share | lowest | 429s | most | aim | held |\n|---|---|---|---|---|---|---|"
    )
    wrong = False
    for case in CASES:
        scores = [_play(case, seed, hours) for seed in range(seeds)]
        wrong |= not _is_right(case, scores)
        typer.echo(_line(case, scores))
    if wrong:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
