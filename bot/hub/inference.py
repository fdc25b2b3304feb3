"""Text to picture over HTTP: hf-inference on the router, or a backend that takes the same body.

The Painter port. Called by the dispatcher through it.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from bot.core import prices
from bot.core.errors import OVERSIZED, Cause, Failed, Reach
from bot.core.jobs import Picture, Request
from bot.hub.client import UNCOMPRESSED, is_compressed, ours, read_start
from bot.hub.failures import ENDPOINTS_DOMAIN, failure_of, request_id
from bot.hub.pictures import inspect

MOST_BYTES = 32 * 2**20
MOST_ERROR_BYTES = 64 * 2**10
ROUTER_PROVIDER = "hf-inference"
BACKEND_PROVIDER = "own backend"
_LONGEST_COMPUTE_SECONDS = 3600.0


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where requests go: the router's base, unless a backend is set."""

    router_url: str
    backend_url: str | None
    token: str | None

    def __repr__(self) -> str:
        return f"Route(router_url={self.router_url!r}, backend_url={self.backend_url!r})"

    @property
    def provider(self) -> str:
        """Who makes the pictures, as people read it."""
        return BACKEND_PROVIDER if self.backend_url else ROUTER_PROVIDER

    def url(self, model: str) -> str:
        """The address that makes pictures with `model`."""
        if self.backend_url:
            return self.backend_url
        return f"{self.router_url}/{ROUTER_PROVIDER}/models/{quote(model, safe='/')}"

    def headers(self) -> dict[str, str]:
        """The token goes to Hugging Face's own hosts only, never to a stranger's backend."""
        headers = {"Accept": "image/png", **UNCOMPRESSED}
        if self.token and (not self.backend_url or _is_hf(self.backend_url)):
            headers["Authorization"] = f"Bearer {self.token}"
        return headers


def _is_hf(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and (parts.hostname or "").endswith(ENDPOINTS_DOMAIN)


class HubPainter:
    """The Painter port."""

    def __init__(self, client: httpx.AsyncClient, route: Route, most_seconds: float) -> None:
        self._client = client
        self._route = route
        self._most_seconds = most_seconds

    async def paint(self, request: Request) -> Picture:
        """One call. Raises Failed."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._most_seconds), ours():
                response, body = await self._call(request)
        except TimeoutError as error:
            raise Failed(cause=Cause.BROKEN_LINE, reach=Reach.UNKNOWN) from error
        if not response.is_success:
            raise failure_of(response, body)
        seconds = time.monotonic() - started
        try:
            looks = await asyncio.to_thread(inspect, body)
        except Failed as failed:
            failed.request_id = request_id(response.headers)
            raise
        return Picture(
            data=body,
            mime=looks.mime,
            width=looks.width,
            height=looks.height,
            seconds=seconds,
            provider=self._route.provider,
            cost=self._cost(response, seconds),
            request_id=request_id(response.headers),
        )

    async def _call(self, request: Request) -> tuple[httpx.Response, bytes]:
        async with self._client.stream(
            "POST",
            self._route.url(request.model),
            json={"inputs": request.prompt, "parameters": parameters_of(request)},
            headers=self._route.headers(),
        ) as response:
            if response.is_success:
                return response, await _read(response)
            return response, await _read_refusal(response)

    def _cost(self, response: httpx.Response, seconds: float) -> prices.Cost:
        """Estimated from the compute time where it is said, else from the whole call."""
        if self._route.backend_url:
            return prices.UNKNOWN
        try:
            compute = float(response.headers.get("x-compute-time", ""))
        except ValueError:
            return prices.of_compute(seconds)
        # Not a number, negative or absurd: our own clock is the better witness.
        sane = 0 <= compute <= _LONGEST_COMPUTE_SECONDS
        return prices.of_compute(compute if sane else seconds)


def parameters_of(request: Request) -> dict[str, Any]:
    """The parameters that were given; the model's own defaults stand for the others."""
    width, height = request.size.pixels if request.size else (None, None)
    given = {
        "seed": request.seed,
        "width": width,
        "height": height,
        "negative_prompt": request.negative_prompt,
        "num_inference_steps": request.steps,
        "guidance_scale": request.guidance,
    }
    return {name: value for name, value in given.items() if value is not None}


async def _read(response: httpx.Response) -> bytes:
    """The whole body, unless it is compressed or larger than any picture on offer."""
    if is_compressed(response):
        raise _not_a_picture(response, "compressed")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _not_a_picture(response, OVERSIZED)
    return bytes(body)


def _not_a_picture(response: httpx.Response, why: str) -> Failed:
    return Failed(
        cause=Cause.NOT_A_PICTURE,
        reach=Reach.ANSWERED,
        detail=why,
        status=response.status_code,
        request_id=request_id(response.headers),
    )


async def _read_refusal(response: httpx.Response) -> bytes:
    """The start of the body; the status stands even when the line breaks here."""
    with suppress(httpx.HTTPError):
        return await read_start(response, MOST_ERROR_BYTES)
    return b""
