"""`hugops sandbox` as a person uses it: the page in Chromium, from /imagine to Ctrl-C."""

import asyncio
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, async_playwright, expect

from bot.sandbox.discord_server import DEMO_TOKEN as DISCORD_TOKEN
from bot.sandbox.upstream import DEMO_TOKEN as HF_TOKEN
from tests.e2e.bot_process import REPO
from tests.e2e.records import keep_log
from tests.e2e.scenes import eventually

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SLOW_MS = 30_000
_heard: list[str] = []  # what the sandbox of this test said before the fixture reads the rest

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="Chromium is not on PATH. On Debian: apt-get install chromium"
)


@pytest_asyncio.fixture
async def sandbox(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Process]:
    """The whole sandbox, in a session of its own so that nothing of it can be missed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", "--port", "0"),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPO), "PYTHONUNBUFFERED": "1"},
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,
    )
    yield process
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
    said, _ = await process.communicate()
    keep_log(request.node.nodeid, "".join(_heard) + said.decode(), (HF_TOKEN, DISCORD_TOKEN))
    _heard.clear()


@pytest_asyncio.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        page = await browser.new_page()
        page.set_default_timeout(SLOW_MS)
        yield page
        await browser.close()


@pytest.mark.timeout(120)
async def test_the_sandbox_from_the_first_command_to_ctrl_c(sandbox: Process, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(await address_of(sandbox))
    card = await _imagine(page, "a red fox in the snow")
    await _becomes_a_picture(card)
    await _details(page, card)
    await _delete(card)
    assert errors == []

    children = group_of(sandbox.pid)
    assert len(children) > 1
    os.killpg(sandbox.pid, signal.SIGINT)  # a terminal sends it to everybody
    said, _ = await asyncio.wait_for(sandbox.communicate(), 30)
    assert sandbox.returncode == 0
    assert b"Traceback" not in said
    _heard.append(said.decode())
    await eventually(lambda: not _alive(children))


async def address_of(sandbox: Process) -> str:
    assert sandbox.stdout is not None
    async with asyncio.timeout(30):
        while line := await sandbox.stdout.readline():
            _heard.append(line.decode())
            found = re.search(r"http://127\.0\.0\.1:\d+/", line.decode())
            if found:
                return found[0]
    pytest.fail("the sandbox ended without saying its address")


async def _imagine(page: Page, prompt: str) -> Locator:
    """Type the command; the message that answers it."""
    composer = page.get_by_test_id("composer")
    await composer.click()
    await composer.fill(f"/imagine prompt: {prompt}")
    await composer.press("Enter")
    card = page.get_by_test_id("message").filter(has_text=prompt).last
    await expect(card.get_by_test_id("embed")).to_contain_text(
        re.compile("Waiting|Working"), timeout=SLOW_MS
    )
    return card


async def _becomes_a_picture(card: Locator) -> None:
    picture = card.get_by_test_id("picture").locator("img")
    await expect(picture).to_be_visible(timeout=SLOW_MS)
    await expect(picture).to_have_attribute("alt", re.compile('AI-generated: "a red fox'))
    await expect(picture).to_have_js_property("complete", value=True)
    assert await picture.evaluate("image => image.naturalWidth") > 0
    for label in ("Reroll", "Delete", "Details"):
        await expect(card.get_by_test_id("button").filter(has_text=label)).to_be_enabled()


async def _details(page: Page, card: Locator) -> None:
    await card.get_by_test_id("button").filter(has_text="Details").click()
    details = page.get_by_test_id("message").filter(has_text="Timeline")
    await expect(details).to_contain_text("attempt 1", timeout=SLOW_MS)
    await details.get_by_test_id("dismiss").click()
    await expect(details).to_have_count(0)


async def _delete(card: Locator) -> None:
    handle = await card.element_handle()
    assert handle is not None
    await card.get_by_test_id("button").filter(has_text="Delete").click()
    await handle.wait_for_element_state("hidden", timeout=SLOW_MS)


def group_of(leader: int) -> list[int]:
    """Every process of the session that `leader` opened."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            found.append(int(stat.parent.name))
    return found


def _alive(numbers: list[int]) -> list[int]:
    return [number for number in numbers if Path(f"/proc/{number}").exists()]
