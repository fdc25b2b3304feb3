"""The routes that the sandbox page uses."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest_asyncio

from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_server import DiscordServer
from tests.sandbox.discord_bot import ProbeBot


@pytest_asyncio.fixture
async def browser(server: DiscordServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.base_url) as session:
        yield session


async def test_the_state_of_one_person(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot, browser: aiohttp.ClientSession
):
    await (await server.run_command(world.bo, world.general, "ping", private=True)).settled()
    async with browser.get("/client/state") as got:
        state = await got.json()
    assert state["me"]["username"] == "ana"
    assert state["messages"] == []
    place = {"user": str(world.bo.id), "channel": str(world.general.id)}
    async with browser.get("/client/state", params=place) as got:
        state = await got.json()
    assert [message["content"] for message in state["messages"]] == ["pong <@1>"]
    assert "admin" not in {command["name"] for command in state["commands"]}
    names = {channel.get("name") for channel in state["channels"]}
    assert names >= {"general", "lobby", None}  # a direct message has no name
    assert "office" not in names
    people = {user["username"]: user for user in state["users"]}
    assert people["pia"]["introduction"] == "role Power"
    assert len(people["bo"]["guilds"]) == 2


async def test_acting_through_the_page(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot, browser: aiohttp.ClientSession
):
    place = {"user": str(world.ana.id), "channel": str(world.general.id)}
    async with browser.get("/client/events", params=place) as stream:
        events = _events(stream)
        assert (await anext(events))["type"] == "ready"
        order = {"name": "ping", "options": {"private": "true"}}
        assert await _post(browser, "command", place | order) == 200
        message = (await anext(events))["message"]
        assert message["flags"] == 64
        pressed = {"message": message["id"], "custom_id": "v1:edit:1"}
        assert await _post(browser, "component", place | pressed) == 200
        modal = (await anext(events))["modal"]
        form = {"modal": modal["id"], "values": {"prompt": "a fox"}}
        assert await _post(browser, "modal", place | form) == 200
        assert (await anext(events))["message"]["content"] == "form: a fox"
        await server.remove(server.messages(world.general)[-1])
        assert (await anext(events))["type"] == "message_delete"


async def test_refusals_and_suggestions(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot, browser: aiohttp.ClientSession
):
    place: dict[str, Any] = {"user": str(world.ana.id), "channel": str(world.general.id)}
    assert await _post(browser, "command", place | {"name": "imagine"}) == 400
    assert await _post(browser, "component", place | {"message": "1", "custom_id": "x"}) == 404
    assert await _post(browser, "command", place) == 400
    async with browser.post("/client/command", data=json.dumps(place)) as got:
        assert got.status == 415
    ask = {"name": "imagine", "option": "model", "value": "x", "options": {"prompt": ""}}
    async with browser.post("/client/autocomplete", json=place | ask) as got:
        assert len((await got.json())["choices"]) == 2
    async with browser.get("/client/state", params={"channel": "7"}) as got:
        assert got.status == 404


async def test_news_from_elsewhere_reach_only_those_who_see_the_channel(
    server: DiscordServer, world: DemoWorld, browser: aiohttp.ClientSession
):
    place = {"user": str(world.ana.id), "channel": str(world.general.id)}
    async with browser.get("/client/events", params=place) as stream:
        events = _events(stream)
        await server.say(world.admin, world.office, "not for members")
        await server.say(world.bo, world.other_channel, "another server")
        await server.say(world.bo, world.random, f"for {world.ana.mention}")
        event = await anext(events)
    assert (event["type"], event["channel"]) == ("unread", str(world.random.id))
    assert (event["author"], event["mention"]) == (str(world.bo.id), True)
    assert "content" not in event
    async with browser.get("/client/state", params=place | {"since": str(world.bot.id)}) as got:
        missed = (await got.json())["unread"]
    assert [event] == [{"type": "unread"} | each for each in missed]
    async with browser.get("/client/state", params=place) as got:
        assert (await got.json())["unread"] == []


async def test_a_silent_bot_is_said(
    server: DiscordServer, world: DemoWorld, browser: aiohttp.ClientSession
):
    server.realm.acknowledge_within_s = 0.05
    place = {"user": str(world.ana.id), "channel": str(world.general.id)}
    async with browser.get("/client/events", params=place) as stream:
        await server.run_command(world.ana, world.general, "ping", raw=True)
        event = await anext(_events(stream))
    assert event["type"] == "interaction_failed"
    assert event["text"] == "The application did not respond"


async def test_a_first_viewer_without_a_channel_is_passed_over(
    server: DiscordServer, world: DemoWorld, browser: aiohttp.ClientSession
):
    stranger = world.add_user("zoe")
    world.first_viewer = stranger
    async with browser.get("/client/state", params={"user": str(stranger.id)}) as got:
        state = await got.json()
    assert state["me"]["username"] != "zoe"
    assert "zoe" not in {user["username"] for user in state["users"]}


async def test_the_page_is_asked_for_anew_each_time(browser: aiohttp.ClientSession):
    for path in ("/", "/main.js", "/style.css"):
        async with browser.get(path) as got:
            assert (got.status, got.headers["Cache-Control"]) == (200, "no-cache")


async def _post(browser: aiohttp.ClientSession, name: str, body: Any) -> int:
    async with browser.post(f"/client/{name}", json=body) as got:
        return got.status


async def _events(stream: aiohttp.ClientResponse) -> AsyncIterator[Any]:
    async with asyncio.timeout(10):
        async for line in stream.content:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))
