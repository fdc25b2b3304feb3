"""The sandbox's drawer in Chromium: break Hugging Face, kill the bot, and be told what happened."""

import os
import re
import signal
from asyncio.subprocess import Process

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.test_page import BROWSER, SLOW_MS, address_of, group_of, page, sandbox

__all__ = ["page", "sandbox"]  # fixtures

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="Chromium is not on PATH. On Debian: apt-get install chromium"
)


@pytest.mark.timeout(120)
async def test_hugging_face_fails_as_long_as_a_person_wants(sandbox: Process, page: Page) -> None:
    await page.goto(await address_of(sandbox))
    await _open_drawer(page)
    await page.get_by_test_id("controls-latency").press("Home")
    await page.get_by_test_id("controls-times").nth(2).check()
    await page.locator("summary").filter(has_text="It refuses400").press("Enter")
    await page.locator("[data-fault='402']").press("Enter")
    await expect(page.get_by_test_id("controls-queued")).to_have_text("402 for every call")

    card = await _ask(page, "a paper crane")
    await expect(card).to_contain_text("included credit is used", timeout=SLOW_MS)
    call = page.get_by_test_id("controls-call")
    await expect(call).to_contain_text(re.compile(r"^402.* · fault 402no picture$"))

    await page.get_by_test_id("controls-clear").press("Enter")
    await expect(page.get_by_test_id("controls-queued-fault")).to_have_count(0)
    await page.get_by_test_id("controls-tokens").press("Enter")
    await expect(page.get_by_test_id("controls-tokens-done")).to_have_text("Expired.")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("controls")).to_be_hidden()
    await expect(page.get_by_test_id("controls-toggle")).to_be_focused()


@pytest.mark.timeout(120)
async def test_discord_fails_and_hangs_up_and_the_picture_comes_all_the_same(
    sandbox: Process, page: Page
) -> None:
    await page.goto(await address_of(sandbox))
    await _open_drawer(page)
    await page.get_by_test_id("controls-latency").press("Home")
    await expect(page.get_by_test_id("controls-which")).to_be_hidden()
    await page.get_by_test_id("discord-which").select_option("card")
    await page.get_by_test_id("discord-fault-group").locator("summary").click()
    await page.locator("[data-testid='discord-fault'][data-fault='502_html']").click()
    queued = page.get_by_test_id("discord-queued-fault")
    await expect(queued).to_have_text("502_html for the next call")
    card = await _ask(page, "a stubborn fox")
    await expect(queued).to_have_count(0, timeout=SLOW_MS)
    await page.locator("[data-trouble='op_9']").click()
    await expect(card.get_by_test_id("picture")).to_be_visible(timeout=SLOW_MS)
    await expect(page.get_by_test_id("status")).to_have_text("Bot online", timeout=SLOW_MS)


@pytest.mark.timeout(120)
async def test_the_bot_is_killed_in_mid_call_and_started_again(
    sandbox: Process, page: Page
) -> None:
    await page.goto(await address_of(sandbox))
    await _open_drawer(page)
    await page.get_by_test_id("controls-latency").press("End")
    card = await _ask(page, "a lighthouse")
    await expect(page.get_by_test_id("controls-call")).to_contain_text("working", timeout=SLOW_MS)
    await page.get_by_test_id("controls-kill").click()
    await expect(page.get_by_test_id("bot-down-text")).to_have_text(
        "The bot is down: you killed it."
    )
    await expect(page.get_by_test_id("status")).to_have_text("Bot offline")
    await page.get_by_test_id("bot-down-start").click()
    await expect(page.get_by_test_id("bot-down")).to_be_hidden()
    told = card.get_by_text("I restarted while Hugging Face was working on this.")
    await expect(told).to_be_visible(timeout=SLOW_MS)

    await page.get_by_test_id("controls-stop").click()
    await expect(page.get_by_test_id("bot-down-text")).to_have_text(
        "The bot is down: you stopped it.", timeout=SLOW_MS
    )
    await page.get_by_test_id("controls-start").click()
    await expect(page.get_by_test_id("controls-bot")).to_have_text("The bot runs.", timeout=SLOW_MS)


@pytest.mark.timeout(120)
async def test_a_bot_that_dies_by_itself_leaves_the_sandbox_open(
    sandbox: Process, page: Page
) -> None:
    await page.goto(await address_of(sandbox))
    (bot,) = [number for number in group_of(sandbox.pid) if number != sandbox.pid]
    os.kill(bot, signal.SIGKILL)
    await expect(page.get_by_test_id("bot-down-text")).to_have_text(
        "The bot ended by itself (Killed); its log is in the terminal."
    )
    await page.get_by_test_id("bot-down-start").click()
    await expect(page.get_by_test_id("status")).to_have_text("Bot online", timeout=SLOW_MS)


@pytest.mark.timeout(120)
async def test_the_clock_runs_faster_and_goes_on_after_a_kill(sandbox: Process, page: Page) -> None:
    await page.goto(await address_of(sandbox))
    await _open_drawer(page)
    await page.get_by_test_id("controls-latency").press("Home")
    await page.get_by_test_id("controls-times").nth(2).check()
    await page.locator("summary").filter(has_text="It refuses400").press("Enter")
    await page.locator("[data-fault='402']").press("Enter")
    card = await _ask(page, "a sundial")
    await expect(card).to_contain_text("Checking again in", timeout=SLOW_MS)
    fast = page.get_by_test_id("controls-speed-60")
    await fast.click()
    await expect(fast).to_have_attribute("aria-pressed", "true")
    await page.get_by_test_id("controls-kill").click()
    await page.get_by_test_id("bot-down-start").click()
    told = page.get_by_test_id("message").filter(has_text="included credit is spent")
    await expect(told).to_be_visible(timeout=SLOW_MS)  # after a minute, and three more
    await expect(page.get_by_test_id("controls-call")).to_have_count(3)
    await page.get_by_test_id("controls-skip").click()


async def _open_drawer(page: Page) -> None:
    await page.get_by_test_id("controls-toggle").click()
    await expect(page.get_by_test_id("controls-bot")).to_have_text("The bot runs.")


async def _ask(page: Page, prompt: str) -> Locator:
    """The card that answers /imagine."""
    composer = page.get_by_test_id("composer")
    await composer.fill(f"/imagine prompt: {prompt}")
    await composer.press("Enter")
    card = page.get_by_test_id("message").filter(has_text=prompt)
    await expect(card).to_be_visible(timeout=SLOW_MS)
    return card
