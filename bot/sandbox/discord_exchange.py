"""What every REST call of the bot passes through: body, authority, faults, limits, the record."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.discord_bodies import Body, read_body
from bot.sandbox.discord_errors import ApiError, Problem
from bot.sandbox.discord_realm import Realm
from bot.sandbox.discord_traffic import Fault, FaultKind
from bot.sandbox.json_shapes import Json

PREFIX = "/api/v10"
SLOW_S = 4.0
_WINDOW_S = 1.0
_LIMIT = 50


@dataclass(frozen=True, kw_only=True)
class Call:
    request: web.Request
    body: Body
    received_s: float

    def text(self, name: str) -> str:
        return self.request.match_info[name]

    def snowflake(self, name: str, missing: Problem = Problem.NOT_FOUND) -> int:
        value = self.text(name)
        if not value.isdecimal():
            raise ApiError(missing)
        return int(value)

    @property
    def fields(self) -> Json:
        return self.body.fields


Handler = Callable[[Call], Awaitable[web.Response]]


class Exchanges:
    def __init__(self, realm: Realm, app: web.Application) -> None:
        self._realm = realm
        self._router = app.router

    def add(self, method: str, path: str, handler: Handler, *, by_token: bool = False) -> None:
        """Serve a route; `by_token` marks those where the path itself is the credential."""

        async def serve(request: web.Request) -> web.Response:
            return await self._serve(request, handler, by_token=by_token)

        self._router.add_route(method, PREFIX + path, serve)

    async def _serve(
        self, request: web.Request, handler: Handler, *, by_token: bool
    ) -> web.Response:
        body, broken = await _body_of(request)
        call = Call(request=request, body=body, received_s=time.monotonic())
        fault = self._realm.faults.take(request.method, request.path.removeprefix(PREFIX))
        if fault is not None and fault.kind is FaultKind.RESET:
            return _cut(request)
        if fault is not None and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(SLOW_S)
        response = await self._answer(call, handler, broken or self._refusal(call, by_token), fault)
        _add_limits(request, response)
        self._record(call, response)
        if fault is not None and fault.kind is FaultKind.LOSE:
            return _cut(request)
        return response

    async def _answer(
        self, call: Call, handler: Handler, refusal: ApiError | None, fault: Fault | None
    ) -> web.Response:
        if fault is not None and fault.kind is FaultKind.ANSWER:
            return fault.response()
        if refusal is not None:
            return refusal.response()
        try:
            call.body.check_sizes(self._realm.file_limit)
            return await handler(call)
        except ApiError as error:
            return error.response()

    def _refusal(self, call: Call, by_token: bool) -> ApiError | None:
        if by_token or call.request.headers.get("Authorization") == f"Bot {self._realm.token}":
            return None
        return ApiError(Problem.UNAUTHORIZED)

    def _record(self, call: Call, response: web.Response) -> None:
        exchange = self._realm.traffic.add(call.request, call.body, response)
        interaction_id = call.request.match_info.get("interaction")
        if interaction_id is not None and interaction_id.isdecimal():
            interaction = self._realm.interactions.get(int(interaction_id))
            if interaction is not None:
                exchange["response_ms"] = interaction.response_ms
        self._realm.traffic.write(exchange)
        self._realm.changes.touch()


async def _body_of(request: web.Request) -> tuple[Body, ApiError | None]:
    try:
        return await read_body(request), None
    except ApiError as error:
        return Body(), error
    except web.HTTPRequestEntityTooLarge:
        return Body(), ApiError(Problem.TOO_LARGE)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _add_limits(request: web.Request, response: web.Response) -> None:
    """Generous limits: the bot reads them, and nothing here ever runs out by itself."""
    bucket = f"{request.method}-{request.path.removeprefix(PREFIX).split('/')[1]}".lower()
    for name, value in {
        "X-RateLimit-Limit": str(_LIMIT),
        "X-RateLimit-Remaining": str(_LIMIT - 1),
        "X-RateLimit-Reset": f"{time.time() + _WINDOW_S:.3f}",
        "X-RateLimit-Reset-After": f"{_WINDOW_S:.3f}",
        "X-RateLimit-Bucket": bucket,
    }.items():
        response.headers.setdefault(name, value)
