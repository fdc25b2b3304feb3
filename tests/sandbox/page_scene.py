"""The window in which the tests look at the page, and a bot that shows all that Discord can show.

One server, one bot and one browser for each file of tests; a test must not need its channel empty.
"""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.sandbox.demo import DemoWorld, demo_world
from bot.sandbox.discord_messages import Draft
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel, User
from tests.sandbox.discord_bot import running
from tests.sandbox.page_bot import PageBot

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
SOON_MS = 10_000

# What each file of tests says of itself.
IN_CHROMIUM = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(60),
    pytest.mark.skipif(
        BROWSER is None, reason="Chromium is not on PATH. On Debian: apt-get install chromium"
    ),
]


@dataclass(frozen=True, kw_only=True)
class Scene:
    world: DemoWorld
    server: DiscordServer
    browser: Browser

    async def open(self, user: User, channel: Channel, **look: object) -> Page:
        """A window of its own, with nothing remembered."""
        context = await self.browser.new_context(**look)  # pyright: ignore[reportArgumentType] - Playwright's own options, passed on
        page = await context.new_page()
        page.set_default_timeout(SOON_MS)
        await page.goto(f"{self.server.base_url}/?user={user.id}&channel={channel.id}")
        await expect(page.get_by_test_id("status")).to_have_text("Bot online")
        return page

    def bot_says(
        self, channel: Channel, *, reference: Message | None = None, **fields: object
    ) -> Message:
        draft = Draft(channel=channel, author=self.world.bot, fields=dict(fields))
        draft.reference = reference
        return self.server.realm.messages.create(draft)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene() -> AsyncIterator[Scene]:
    world = demo_world()
    async with (
        DiscordServer(world) as server,
        running(PageBot(), server),
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield Scene(world=world, server=server, browser=browser)
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(scene: Scene) -> AsyncIterator[Page]:
    """Ana in #general; whatever a test does, no script of the page may fail."""
    page = await scene.open(scene.world.ana, scene.world.general)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await page.context.close()
    assert errors == []


def message(page: Page, text: str) -> Locator:
    return page.get_by_test_id("message").filter(has_text=text).last


async def send(page: Page, line: str) -> None:
    composer = page.get_by_test_id("composer")
    await composer.fill(line)
    await composer.press("Enter")
