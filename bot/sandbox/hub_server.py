"""Hugging Face on loopback: the inference router, a self-hosted backend and a little of the Hub.

A stranger to the bot: it speaks HTTP and nothing else. Started by the sandbox's launcher and by
tests, which steer it through its `Upstream`.
"""

import math
import secrets

from aiohttp import web

from bot.sandbox import faults
from bot.sandbox.faults import Answer
from bot.sandbox.generate import Generation, Wanted, wanted
from bot.sandbox.quota import UpstreamWindow
from bot.sandbox.upstream import InferenceCall, ModelState, Token, Upstream
from bot.sandbox.whoami import model_info, whoami

MAX_BODY = 2**20
HUB_QUOTA, HUB_WINDOW = 1000, 300
BEARER = "Bearer "


class HubServer:
    """Serves `upstream` on a free port of 127.0.0.1 between `start` and `close`."""

    def __init__(self, upstream: Upstream, port: int = 0) -> None:
        self.upstream = upstream
        self.url = ""
        self._port = port
        self._runner: web.AppRunner | None = None
        self._generation = Generation(upstream)
        self._hub_calls: dict[str, int] = {}

    @property
    def router_url(self) -> str:
        """The base of the inference router: the same server."""
        return self.url

    @property
    def backend_url(self) -> str:
        """The self-hosted endpoint, which wants no token and knows no windows."""
        return f"{self.url}/backend"

    async def start(self) -> None:
        """Listen; `url` is known from now on."""
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_post("/hf-inference/models/{owner}/{name}", self._router)
        app.router.add_post("/backend", self._backend)
        app.router.add_get("/api/whoami-v2", self._whoami)
        app.router.add_get("/api/models/{owner}/{name}", self._model)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"

    async def close(self) -> None:
        """Let go of every call in the air and stop listening."""
        self._generation.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _router(self, request: web.Request) -> web.StreamResponse:
        model = f"{request.match_info['owner']}/{request.match_info['name']}"
        wish = wanted(await request.read())
        call = self._record(request, "router", model, wish)
        answer = self._refusal(call, self._token(request), wish)
        return await self._generation.answer(request, call, wish, answer)

    async def _backend(self, request: web.Request) -> web.StreamResponse:
        wish = wanted(await request.read())
        call = self._record(request, "backend", "", wish)
        answer = faults.missing_inputs() if wish is None else None
        return await self._generation.answer(request, call, wish, answer)

    def _record(
        self, request: web.Request, route: str, model: str, wish: Wanted | None
    ) -> InferenceCall:
        token = self._token(request)
        return self.upstream.record(
            route=route,
            account=token.account if token else None,
            authorization=request.headers.get("Authorization"),
            model=model,
            prompt=wish.prompt if wish else None,
            parameters=wish.parameters if wish else {},
        )

    def _refusal(
        self, call: InferenceCall, token: Token | None, wish: Wanted | None
    ) -> Answer | None:
        """What the router itself has against the call, in the order in which it looks."""
        if token is None:
            return faults.unauthorized()
        full = self.upstream.admit(call)
        if full is not None:
            return _slow_down(full.window, full.wait)
        if not token.may_infer:
            return faults.not_permitted(token.account)
        if wish is None:
            return faults.missing_inputs()
        billing = self.upstream.billing
        if billing is not None and billing.depleted(call.monotonic):
            return faults.depleted()
        return _of_model(call.model, self.upstream.models.get(call.model))

    def _token(self, request: web.Request) -> Token | None:
        header = request.headers.get("Authorization", "")
        if not header.startswith(BEARER):
            return None
        return self.upstream.tokens.get(header.removeprefix(BEARER))

    async def _whoami(self, request: web.Request) -> web.Response:
        token = self._token(request)
        if token is None:
            return self._hub(request, faults.unauthorized())
        return self._hub(request, faults.as_json(whoami(token)))

    async def _model(self, request: web.Request) -> web.Response:
        model = f"{request.match_info['owner']}/{request.match_info['name']}"
        state = self.upstream.models.get(model)
        if state is None and self._token(request) is None:
            return self._hub(request, faults.unauthorized())
        if state is None:
            lost = faults.error(404, "Repository not found", X_Error_Code="RepoNotFound")
            return self._hub(request, lost)
        return self._hub(request, faults.as_json(model_info(model, state)))

    def _hub(self, request: web.Request, answer: Answer) -> web.Response:
        """An answer of the Hub, with the rate limit of this caller, which shrinks."""
        caller = request.headers.get("Authorization", "")
        used = self._hub_calls[caller] = self._hub_calls.get(caller, 0) + 1
        left = max(0, HUB_QUOTA - used)
        resets = HUB_WINDOW - int(self.upstream.pace.uptime()) % HUB_WINDOW
        trace = request.headers.get("X-Amzn-Trace-Id", "")
        headers = answer.headers | {
            "RateLimit": f'"api";r={left};t={resets}',
            "RateLimit-Policy": f'"fixed window";"api";q={HUB_QUOTA};w={HUB_WINDOW}',
            "X-Request-Id": f"Root=1-{secrets.token_hex(4)}-{secrets.token_hex(12)};{trace}",
        }
        return web.Response(
            status=answer.status,
            body=answer.body,
            content_type=answer.content_type,
            headers=headers,
        )


def _slow_down(window: UpstreamWindow, wait: float) -> Answer:
    seconds = max(1, math.ceil(wait))
    return faults.slow_down(
        seconds, bucket="inference", quota=window.calls, window=math.ceil(window.seconds)
    )


def _of_model(model: str, state: ModelState | None) -> Answer | None:
    match state:
        case None:
            return faults.missing(model)
        case ModelState.RETIRED:
            return faults.retired()
        case ModelState.NOT_SUPPORTED:
            return faults.not_supported()
        case ModelState.GATED:
            return faults.gated(model)
        case ModelState.SERVED:
            return None
