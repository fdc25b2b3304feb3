"""The page's markdown, run where it runs in life: in a browser.

A table of what a bot may write and the DOM it must become. The DOM is written down by `_WRITE` as
tags and text alone, so the table does not hang on class names.
"""

import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api")

PAGE_FOLDER = Path(__file__).parents[2] / "bot" / "sandbox" / "page"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FLAGS = ["--no-sandbox", *QUIET, "--disable-sync", "--no-first-run"]

_WRITE = """
async (text) => {
  const { renderMarkdown } = await import("/markdown.js");
  const names = { users: { 101: "Ana" }, roles: { 401: "painters" }, channels: { 301: "images" } };
  const context = {
    user: (id) => names.users[id] ?? null,
    role: (id) => names.roles[id] ?? null,
    channel: (id) => names.channels[id] ?? null,
  };
  const write = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    const inside = [...node.childNodes].map(write).join("");
    if (node.localName === undefined || node.localName === "span") return inside;
    const href = node.getAttribute("href");
    return `<${node.localName}${href ? " " + href : ""}>${inside}</${node.localName}>`;
  };
  return write(renderMarkdown(text, context));
}
"""

CASES = {
    "plain": ("just words, 3 < 4 & 5 > 2", "just words, 3 < 4 & 5 > 2"),
    "bold": ("a **b** c", "a <strong>b</strong> c"),
    "italic": ("*a* _b_", "<em>a</em> <em>b</em>"),
    "bold italic": ("***a***", "<strong><em>a</em></strong>"),
    "underline": ("__a__", "<u>a</u>"),
    "strike": ("~~a~~", "<s>a</s>"),
    "snake case stays": ("jobs_show_all", "jobs_show_all"),
    "times stays": ("2 * 3 * 4", "2 * 3 * 4"),
    "nested": ("**a *b* __c__**", "<strong>a <em>b</em> <u>c</u></strong>"),
    "unclosed": ("**a", "**a"),
    "code": ("`a **b**`", "<code>a **b**</code>"),
    "code with tick": ("``a`b``", "<code>a`b</code>"),
    "code block": ("```py\nx = 1\n```", "<pre><code>x = 1</code></pre>"),
    "code block keeps marks": ("```\n# a\n> <@101>\n```", "<pre><code># a\n> <@101></code></pre>"),
    "text around block": ("a\n```b```\nc", "a<pre><code>b</code></pre>c"),
    "quote": ("> a\n> **b**\nc", "<blockquote>a\n<strong>b</strong></blockquote>c"),
    "quote to the end": (">>> a\nb", "<blockquote>a\nb</blockquote>"),
    "no quote without space": (">a", ">a"),
    "heading": ("# a\n## b\n### c\n#### d", "<h1>a</h1><h2>b</h2><h3>c</h3>#### d"),
    "hashtag": ("#a", "#a"),
    "subtext": ("-# small *x*", "<small>small <em>x</em></small>"),
    "list": ("- a\n* b", "<ul><li>a</li><li>b</li></ul>"),
    "nested list": (
        "- a\n  - b\n- c",
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
    ),
    "numbered": ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
    "spoiler": ("||a **b**||", "a <strong>b</strong>"),
    "escape": (r"\*a\* \_b\_ \<@101> \`c\`", "*a* _b_ <@101> `c`"),
    "escaped backslash": (r"\\*a*", r"\<em>a</em>"),
    "user": ("<@101> <@!101>", "@Ana @Ana"),
    "unknown user": ("<@7>", "@unknown-user"),
    "role": ("<@&401>", "@painters"),
    "channel": ("<#301>", "#images"),
    "command": ("</jobs queue:1>", "<button>/jobs queue</button>"),
    "everyone": ("@everyone", "@everyone"),
    "custom emoji": ("<:fox:123456>", ":fox:"),
    "emoji": ("🦊 **🦊**", "🦊 <strong>🦊</strong>"),
    "link": ("see https://a.test/x.", "see <a https://a.test/x>https://a.test/x</a>."),
    "link in brackets": ("(https://a.test/)", "(<a https://a.test/>https://a.test/</a>)"),
    "quiet link": ("<https://a.test/>", "<a https://a.test/>https://a.test/</a>"),
    "named link": (
        "[**a**](https://a.test/b_(c))",
        "<a https://a.test/b_(c)><strong>a</strong></a>",
    ),
    "time of no calendar": ("<t:99999999999999999:R>", "<t:99999999999999999:R>"),
    "time of no style": ("<t:1618953630:x>", "<t:1618953630:x>"),
    "hostile image": ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    "hostile script": ("**<script>x</script>**", "<strong><script>x</script></strong>"),
    "script address": ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
    "quiet script address": ("<javascript:alert(1)>", "<javascript:alert(1)>"),
    "data address": ("[a](data:text/html,x)", "[a](data:text/html,x)"),
    "hidden script address": ("[a](\tjava\nscript:x)", "[a](\tjava\nscript:x)"),
}


TIMES = {
    "t": "21:20",
    "T": "21:20:30",
    "d": "20/04/2021",
    "D": "20 April 2021",
    "f": "20 April 2021 21:20",
    "F": "Tuesday 20 April 2021 21:20",
    "s": "20/04/2021 21:20",
    "S": "20/04/2021 21:20:30",
}


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the tests' output to the tests."""


@pytest.fixture(scope="module")
def page_address() -> Iterator[str]:
    handler = partial(_QuietHandler, directory=str(PAGE_FOLDER))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def page(page_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator["sync_api.Page"]:
    """A browser on the page's own origin, with a clock we may set and British words for dates."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        pytest.skip("Chromium not found: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=browser,
            args=FLAGS,
            locale="en-GB",
            timezone_id="UTC",
        )
        page = context.pages[0]
        page.goto(f"{page_address}/icon.svg")
        yield page
        context.close()


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_markdown_becomes_this_dom(page: "sync_api.Page", text: str, expected: str) -> None:
    assert page.evaluate(_WRITE, text) == expected


@pytest.mark.parametrize(("style", "words"), TIMES.items())
def test_time_styles(page: "sync_api.Page", style: str, words: str) -> None:
    shown = page.evaluate(_WRITE, f"<t:1618953630:{style}>")
    joined = re.sub(r",| at\b", "", shown)  # browsers differ in how they join a date and a time
    assert joined == f"<time>{words}</time>"


def test_time_without_style_is_date_and_time(page: "sync_api.Page") -> None:
    assert page.evaluate(_WRITE, "<t:1618953630>") == page.evaluate(_WRITE, "<t:1618953630:f>")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "now"),
        (20, "in 20 seconds"),
        (-1, "1 second ago"),
        (125, "in 2 minutes"),
        (-7300, "2 hours ago"),
        (86400 * 3, "in 3 days"),
    ],
)
def test_relative_time_in_words(page: "sync_api.Page", seconds: int, words: str) -> None:
    script = "async (s) => (await import('/timestamps.js')).relativeWords(1000 + s, 1000)"
    assert page.evaluate(script, seconds) == words


def test_relative_times_follow_the_clock_of_the_sandbox(page: "sync_api.Page") -> None:
    script = """async () => {
        const { follow } = await import("/clock.js");
        const { relativeWords } = await import("/timestamps.js");
        const at = Date.now() / 1000 + 7300, said = [];
        for (const ahead of [0, 3600, 7290]) {
            follow({ ahead, speed: 1 });
            said.push(relativeWords(at));
        }
        follow({ ahead: 0, speed: 3600 });
        await new Promise((tick) => setTimeout(tick, 50));
        said.push(relativeWords(at).replace(/\\d+/, "some"));
        follow({ ahead: 0, speed: 1 });
        return said;
    }"""
    soon, sooner, now, fast = page.evaluate(script)
    assert (soon, sooner) == ("in 2 hours", "in 1 hour")
    assert re.fullmatch(r"in \d+ seconds", now)
    assert fast in ("in some hour", "in some minutes", "some minutes ago", "some hours ago")


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "<script>x</script>", "<b>x</b>"])
def test_markup_in_a_message_makes_no_element(page: "sync_api.Page", text: str) -> None:
    script = """async (text) => (await import("/markdown.js")).renderMarkdown(text)
        .querySelectorAll(":not(span)").length"""
    assert page.evaluate(script, text) == 0


@pytest.mark.parametrize(
    "text",
    ["**" * 2000, "||" * 2000, "*_" * 2000, "[" * 4000, "> " * 2000, "<" * 4000, "`" * 4000,
     "~~__" * 1000, "  - x\n" * 600, "(" * 2000 + "[a](", "_*~|" * 1000, "```" * 1300,
     "```" + "\n" * 4000, "`a``" * 1000, "- " * 2000, "\\" * 4000, "* a " * 1000],
)  # fmt: skip
def test_deep_nesting_is_shown_soon(page: "sync_api.Page", text: str) -> None:
    script = """async (text) => {
        const { renderMarkdown } = await import("/markdown.js");
        const began = performance.now();
        renderMarkdown(text);
        return performance.now() - began;
    }"""
    assert page.evaluate(script, text) < 5000  # what is not linear takes far longer
