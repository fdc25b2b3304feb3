"""How long people wait for the first answer, timed where the client reads and writes.

Made by runtime.py; the client tells of arrivals, and its HTTP session of answers that were taken.
"""

import re
import time
from collections.abc import Callable
from types import SimpleNamespace

import aiohttp

MOST_OPEN = 1000  # interactions that nobody answered are forgotten, the oldest first

_CALLBACK = re.compile(r"/interactions/(\d+)/[^/]+/callback$", re.ASCII)
_REFUSED_FROM = 400


class Acknowledgements:
    """Interactions that arrived and have no answer yet."""

    def __init__(self, answered: Callable[[str, float], None]) -> None:
        self._answered = answered
        self._open: dict[int, tuple[str, float]] = {}
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_end.append(self._ended)

    def arrived(self, interaction_id: int, kind: str) -> None:
        """An interaction of this kind is here."""
        if len(self._open) >= MOST_OPEN:
            del self._open[next(iter(self._open))]
        self._open[interaction_id] = (kind, time.perf_counter())

    async def _ended(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        params: aiohttp.TraceRequestEndParams,
    ) -> None:
        found = _CALLBACK.search(params.url.path)
        if found is None or params.response.status >= _REFUSED_FROM:
            return
        arrival = self._open.pop(int(found[1]), None)
        if arrival:
            kind, at = arrival
            self._answered(kind, time.perf_counter() - at)
