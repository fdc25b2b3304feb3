"""Makes the pictures of the README from the sandbox, in Chromium: `make pictures`."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def sandbox() -> Iterator[str]:
    """The address of a sandbox that is open as long as this lasts."""
    command = [sys.executable, "-m", "bot", "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None  # noqa: S101 - it was asked for
        for line in process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            if found:
                yield found[0]
                break
        process.terminate()


def send(page: Page, line: str) -> None:
    """Type a whole command and send it."""
    composer = page.get_by_test_id("composer")
    composer.fill(line)
    composer.press("Enter")


def take(page: Page) -> None:
    """One channel: a picture, one on its way, and the queue."""
    send(page, "/imagine prompt: a lighthouse in a storm, oil on canvas size: wide")
    page.get_by_test_id("picture").first.wait_for(timeout=30_000)
    send(page, "/imagine prompt: a paper crane on a windowsill")
    page.get_by_text("Working").last.wait_for(timeout=30_000)
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / "imagine.png")
    send(page, "/jobs queue")
    page.get_by_text("Your images in the queue").wait_for(timeout=30_000)
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / "queue.png")


def main() -> None:
    """Open, look, save."""
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        sys.exit("Chromium not found: apt-get install chromium")
    IMAGES.mkdir(exist_ok=True)
    with sandbox() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1000, "height": 760}, color_scheme="dark")
        page.goto(address)
        take(page)
        browser.close()


main()
