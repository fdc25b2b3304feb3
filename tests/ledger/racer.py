"""A process of its own that claims and sends as fast as it can; started by test_race.py.

It says "ready", waits for a line, races, and says how many jobs it got.
"""

import asyncio
import sys
from pathlib import Path

from bot.core.queue import Claimed
from tests.ledger.office import Office, StepClock, open_office


async def race(path: Path, owner: str) -> int:
    """Claim until there is nothing more to have; how many claims that were."""
    async with open_office(path, StepClock(), owner=owner) as office:
        await say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        return await claim_all(office)


async def claim_all(office: Office) -> int:
    """Claim and send until it is refused."""
    got = 0
    while isinstance(claimed := await office.queue.claim(office.owner), Claimed):
        await office.queue.mark_sent(claimed.lease)
        got += 1
    return got


async def say(word: object) -> None:
    """One line to the test."""
    await asyncio.to_thread(sys.stdout.write, f"{word}\n")
    await asyncio.to_thread(sys.stdout.flush)


async def main() -> None:
    """Race and report."""
    await say(await race(Path(sys.argv[1]), sys.argv[2]))


if __name__ == "__main__":
    asyncio.run(main())
