"""Carries out one call of the stand-in: waits, paints, and breaks it in the way a fault asks for.

Used by hub_server.py for the router and for the backend alike.
"""

import asyncio
import json
import math
import secrets
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from bot.sandbox import faults
from bot.sandbox.faults import Answer
from bot.sandbox.oversized import bomb, noise
from bot.sandbox.painter import Order, paint
from bot.sandbox.upstream import Fault, InferenceCall, Upstream

HUGE = 40 * 2**20
CHUNK = 2**18
DRIP_S = 0.2
SIDES = range(64, 2049)
DEFAULT_SIDE = 1024


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The body of a call."""

    prompt: str
    parameters: dict[str, Any]


def wanted(body: bytes) -> Wanted | None:
    """What `body` asks for, or None when it is no JSON or has no inputs."""
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(parsed, dict):
        return None
    fields = cast("dict[str, Any]", parsed)
    prompt, parameters = fields.get("inputs"), fields.get("parameters")
    if not isinstance(prompt, str):
        return None
    given = cast("dict[str, Any]", parameters) if isinstance(parameters, dict) else {}
    return Wanted(prompt=prompt, parameters=given)


class Generation:
    """Answers calls for `upstream` until stopped."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Give up on everything that waits or hangs."""
        self._stopped.set()
        self._upstream.release()

    async def answer(
        self,
        request: web.Request,
        call: InferenceCall,
        wish: Wanted | None,
        refusal: Answer | None,
    ) -> web.StreamResponse:
        """Refuse, or do the work, and remember how long that took."""
        started = time.monotonic()
        try:
            return await self._carry_out(request, call, wish, refusal)
        finally:
            call.seconds = time.monotonic() - started

    async def _carry_out(
        self,
        request: web.Request,
        call: InferenceCall,
        wish: Wanted | None,
        refusal: Answer | None,
    ) -> web.StreamResponse:
        """A queued fault comes before anything but a full window."""
        busy = refusal is not None and refusal.status in {401, 429}
        fault = None if busy else self._upstream.next_fault(call)
        if fault is not None and fault.name not in faults.DONE_BADLY:
            return await self._fail(request, call, fault)
        if refusal is not None or wish is None:
            return _send(call, refusal or faults.missing_inputs())
        order = _order(call, wish, request)
        if order is None:
            return _send(call, faults.error(400, ["Error in `parameters.width`: 64 to 2048"]))
        return await self._work(request, call, order, fault)

    async def _fail(
        self, request: web.Request, call: InferenceCall, fault: Fault
    ) -> web.StreamResponse:
        if fault.name == "hang":
            await self._stopped.wait()
            return _abort(request)
        await self._linger()
        if fault.name == "reset":
            return _abort(request)
        if fault.name.startswith("429"):
            call.counted = self._upstream.count_rejected
        return _send(call, _answer_of(fault, call.model))

    async def _work(
        self, request: web.Request, call: InferenceCall, order: Order, fault: Fault | None
    ) -> web.StreamResponse:
        started = time.monotonic()
        await self._linger()
        data = await asyncio.to_thread(paint, order)
        self._upstream.carried_out(call)
        if fault is not None:
            return await self._send_badly(request, call, fault.name, data)
        headers = {
            "x-request-id": secrets.token_hex(8),
            "x-compute-type": "cpu",
            "x-compute-time": f"{time.monotonic() - started:.3f}",
        }
        return _send(call, Answer(status=200, body=data, content_type=order.mime, headers=headers))

    async def _send_badly(
        self, request: web.Request, call: InferenceCall, name: str, data: bytes
    ) -> web.StreamResponse:
        """The picture was made; what becomes of it on the way is another matter."""
        match name:
            case "reset_after_work":
                return _abort(request)
            case "wrong_type":
                return _send(call, Answer(status=200, body=data, content_type="text/plain"))
            case "truncated":
                call.status = 200
                return await _stream(request, data[: len(data) // 2], announced=len(data))
            case "drip":
                call.status = 200
                return await self._drip(request, data)
            case "large" | "bomb":
                made = await asyncio.to_thread(noise if name == "large" else bomb)
                return _send(call, Answer(status=200, body=made, content_type="image/png"))
            case _:
                call.status = 200
                return await _stream(request, data.ljust(HUGE, b"\0"), announced=None)

    async def _drip(self, request: web.Request, data: bytes) -> web.StreamResponse:
        """A byte now and then, until somebody gives up."""
        response = web.StreamResponse(headers={"Content-Type": "image/png"})
        await response.prepare(request)
        with suppress(ConnectionError):
            for byte in data:
                await response.write(bytes([byte]))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), DRIP_S)
                    return _abort(request)
        return _abort(request)

    async def _linger(self) -> None:
        """The time that the work takes, and longer when calls are held."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), self._upstream.latency)
        await self._upstream.released()


def _order(call: InferenceCall, wish: Wanted, request: web.Request) -> Order | None:
    """What to paint, or None when the size is impossible."""
    width = wish.parameters.get("width", DEFAULT_SIDE)
    height = wish.parameters.get("height", DEFAULT_SIDE)
    seed = wish.parameters.get("seed", call.number)
    if width not in SIDES or height not in SIDES or not isinstance(seed, int):
        return None
    jpeg = "image/png" not in request.headers.get("Accept", "")
    mime = "image/jpeg" if jpeg else "image/png"
    return Order(prompt=wish.prompt, seed=seed, width=width, height=height, mime=mime)


def _answer_of(fault: Fault, model: str) -> Answer:
    if fault.name in faults.ANSWERS:
        return faults.ANSWERS[fault.name]
    seconds = faults.WAITS[fault.name] if fault.seconds is None else fault.seconds
    if fault.name == "503_loading":
        return faults.loading(model, seconds)
    if fault.name == "429_retry_after":
        return faults.slow_down_plainly(math.ceil(seconds))
    return faults.slow_down(math.ceil(seconds))


def _send(call: InferenceCall, answer: Answer) -> web.Response:
    call.status = answer.status
    return web.Response(
        status=answer.status,
        body=answer.body,
        headers={"x-request-id": secrets.token_hex(8)} | answer.headers,
        content_type=answer.content_type,
    )


async def _stream(
    request: web.Request, data: bytes, *, announced: int | None
) -> web.StreamResponse:
    """Send `data`, then hang up; `announced` is the length that the header promises."""
    response = web.StreamResponse(headers={"Content-Type": "image/png"})
    response.content_length = announced
    await response.prepare(request)
    with suppress(ConnectionError):
        for start in range(0, len(data), CHUNK):
            await response.write(data[start : start + CHUNK])
        if announced is None:
            await response.write_eof()
    if request.transport is not None:
        request.transport.close()
    return response


def _abort(request: web.Request) -> web.Response:
    """Break the TCP connection off with a reset."""
    transport = request.transport
    if transport is not None:
        plug: socket.socket = transport.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()
