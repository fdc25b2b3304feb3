"""The routes of the page's drawer under `/sandbox/`. There is nothing there without a launcher."""

from aiohttp import web

from bot.sandbox.controls import Controls
from bot.sandbox.discord_answers import answer
from bot.sandbox.discord_page import posted
from bot.sandbox.discord_realm import Realm
from bot.sandbox.json_shapes import Json


class ControlRoutes:
    def __init__(self, realm: Realm) -> None:
        self._realm = realm

    def register(self, app: web.Application) -> None:
        app.router.add_get("/sandbox/controls", self.state)
        for name, handler in (
            ("fault", self.fault),
            ("clear", self.clear),
            ("discord-fault", self.discord_fault),
            ("discord-clear", self.discord_clear),
            ("gateway", self.gateway),
            ("latency", self.latency),
            ("clock", self.clock),
            ("skip", self.skip),
            ("tokens", self.tokens),
            ("bot", self.bot),
        ):
            app.router.add_post(f"/sandbox/{name}", posted(handler))

    async def state(self, _request: web.Request) -> web.Response:
        return answer(self._controls.state())

    async def fault(self, body: Json) -> Json:
        self._controls.fail(str(body["name"]), _times(body))
        return self._controls.state()

    async def clear(self, _body: Json) -> Json:
        self._controls.clear()
        return self._controls.state()

    async def discord_fault(self, body: Json) -> Json:
        self._controls.fail_discord(str(body["name"]), str(body["calls"]), _times(body))
        return self._controls.state()

    async def discord_clear(self, _body: Json) -> Json:
        self._controls.clear_discord()
        return self._controls.state()

    async def gateway(self, body: Json) -> Json:
        self._controls.trouble(str(body["name"]))
        return self._controls.state()

    async def latency(self, body: Json) -> Json:
        self._controls.set_latency(float(body["seconds"]))
        return self._controls.state()

    async def clock(self, body: Json) -> Json:
        self._controls.run_clock(float(body["speed"]))
        return self._controls.state()

    async def skip(self, body: Json) -> Json:
        self._controls.skip(float(body["seconds"]))
        return self._controls.state()

    async def tokens(self, _body: Json) -> Json:
        self._controls.expire_tokens()
        return self._controls.state()

    async def bot(self, body: Json) -> Json:
        await self._controls.do(str(body["do"]))
        return self._controls.state()

    @property
    def _controls(self) -> Controls:
        if self._realm.controls is None:
            raise web.HTTPNotFound
        return self._realm.controls


def _times(body: Json) -> int | None:
    times = body["times"]
    return None if times is None else int(times)
