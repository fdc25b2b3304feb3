"""The page in Chromium: what a person sees there, of whom and where, and that it stays harmless."""

import re

from playwright.async_api import Page, expect

from tests.sandbox.page_scene import IN_CHROMIUM, Scene, message, page, scene, send

__all__ = ["page", "scene"]  # fixtures

pytestmark = IN_CHROMIUM

_SLIPPED_THROUGH = """() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'owned'";
    document.body.append(script);
    document.body.setAttribute("onclick", "document.title = 'owned'");
    document.body.click();
}"""
_TOO_WIDE = """() => [...document.querySelectorAll("body, #scroller, #log *")]
    .filter((node) => node.getBoundingClientRect().right > innerWidth)
    .filter((node) => !node.closest("pre, .picture"))
    .map((node) => node.outerHTML.slice(0, 80))"""


async def test_files_and_spoilers(scene: Scene, page: Page) -> None:
    await send(page, "/files")
    card = message(page, "notes.txt")
    await expect(card.locator("a[download]").first).to_have_attribute(
        "href", re.compile(r"notes\.txt$")
    )
    await expect(card.get_by_role("img", name="teal all over")).to_be_visible()
    await expect(card.get_by_role("link", name="Download SPOILER_ending.txt")).to_have_count(0)
    await card.get_by_test_id("spoiler").first.press("Enter")
    await card.get_by_test_id("spoiler").click()
    await expect(card.get_by_role("link", name="Download SPOILER_ending.txt")).to_be_visible()
    await expect(card.get_by_test_id("spoiler")).to_have_count(0)
    scene.bot_says(scene.world.general, content="plain ||veiled|| words")
    veil = message(page, "plain").get_by_role("button", name="Spoiler, press to reveal")
    await veil.press("Enter")
    await expect(veil).to_have_count(0)


async def test_what_is_private_is_gone_after_a_reload(scene: Scene, page: Page) -> None:
    await send(page, "/secret")
    secret = message(page, "between us")
    await expect(secret).to_contain_text("Only you can see this · Dismiss message")
    other = await scene.open(scene.world.bo, scene.world.general)
    await expect(message(other, "between us")).to_have_count(0)
    await other.context.close()
    await page.reload()
    await expect(page.get_by_test_id("status")).to_have_text("Bot online")
    await expect(page.get_by_test_id("message").first).to_be_visible()
    await expect(secret).to_have_count(0)


async def test_thinking_and_silence(scene: Scene, page: Page) -> None:
    scene.server.realm.acknowledge_within_s = 0.3
    await send(page, "/think")
    await expect(message(page, "HugOps is thinking…")).to_be_visible()
    await send(page, "/silent")
    await expect(message(page, "The application did not respond")).to_be_visible()
    await send(page, "/controls")
    await message(page, "Read on").get_by_test_id("button").filter(has_text="Ignore").click()
    await expect(message(page, "This interaction failed")).to_be_visible()
    scene.server.realm.acknowledge_within_s = 3.0


async def test_mentions_replies_commands_and_time(scene: Scene, page: Page) -> None:
    world = scene.world
    asked = await scene.server.say(world.bo, world.general, f"look {world.ana.mention}")
    await expect(message(page, "look @Ana")).to_have_class(re.compile("mentions-me"))
    text = f"<@&{world.power.id}> <#{world.random.id}> </secret:1> <t:4000000000:R> -# end"
    scene.bot_says(world.general, content=text, reference=asked)
    reply = message(page, "@Power #random")
    await expect(reply.get_by_test_id("message-reference")).to_contain_text("look @Ana")
    await expect(reply.locator("time[data-relative]")).to_contain_text("in ")
    await reply.get_by_test_id("command-mention").press("Enter")
    await expect(page.get_by_test_id("command-form")).to_have_attribute(
        "aria-label", "Command secret"
    )


async def test_people_servers_and_channels(scene: Scene, page: Page) -> None:
    world = scene.world
    channels, you = page.get_by_test_id("channel"), page.get_by_test_id("you-are")
    await expect(you.locator("option")).to_have_text(
        [
            "Olga · owns the bot",
            "Ana · member",
            "Bo · member",
            "Pia · role Power",
            "Oskar · role Operators",
            "Mina · manages the server",
        ]
    )
    names = ["general", "random", "grown-ups18+", "rules", "announcements"]
    await expect(channels).to_have_text(names)
    await channels.filter(has_text="rules").click()
    await expect(page.locator("#channel-topic")).to_have_text("The bot may read here but not write")
    await you.select_option(str(world.admin.id))
    await expect(channels).to_have_text([*names, "office"])
    await page.get_by_role("button", name="Second").click()
    await expect(channels).to_have_text(["lobby"])
    scene.bot_says(world.dm(world.admin), content="to you alone")
    direct = page.get_by_role("button", name="Direct messages, unread")
    await expect(direct.get_by_test_id("badge")).to_have_text("1")
    await direct.press("Enter")
    await expect(page.locator("#channel-name")).to_have_text("HugOps")
    await expect(message(page, "to you alone")).to_be_visible()
    await expect(page.get_by_role("button", name="Direct messages, unread")).to_have_count(0)


async def test_unread_marks(scene: Scene, page: Page) -> None:
    world = scene.world
    random = page.get_by_test_id("channel").filter(has_text="random")
    await scene.server.say(world.ana, world.random, "my own")
    await scene.server.say(world.bo, world.office, "not for members")
    await scene.server.say(world.bo, world.random, "news")
    await expect(random).to_have_class(re.compile("unread"))
    await expect(random.get_by_test_id("badge")).to_have_count(0)
    await scene.server.say(world.bo, world.random, f"for {world.ana.mention}")
    await expect(random.get_by_test_id("badge")).to_have_text("2")
    await random.click()
    await expect(random).not_to_have_class(re.compile("unread"))


async def test_the_age_question_is_asked_once(scene: Scene, page: Page) -> None:
    await scene.server.say(scene.world.bo, scene.world.grown_ups, "for grown-ups")
    place = page.get_by_test_id("channel").filter(has_text="grown-ups")
    await place.click()
    gate = page.get_by_test_id("age-gate")
    await expect(gate).to_be_visible()
    await expect(message(page, "for grown-ups")).to_be_hidden()
    await page.get_by_test_id("age-gate-no").press("Enter")
    await expect(page.locator("#channel-name")).to_have_text("general")
    await place.click()
    await page.get_by_test_id("age-gate-yes").click()
    await expect(message(page, "for grown-ups")).to_be_visible()
    await page.reload()
    await expect(message(page, "for grown-ups")).to_be_visible()
    await expect(gate).to_be_hidden()


async def test_a_hostile_embed_stays_text(scene: Scene, page: Page) -> None:
    markup = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    bad = "javascript:document.title='owned'"
    embed = {
        "title": markup,
        "url": bad,
        "description": f"hostile {markup} [press]({bad})",
        "author": {"name": markup, "url": bad, "icon_url": bad},
        "footer": {"text": markup, "icon_url": bad},
        "fields": [{"name": markup, "value": markup}],
        "image": {"url": bad},
        "thumbnail": {"url": "data:text/html,<script>1</script>"},
    }
    button = {"type": 2, "style": 5, "label": markup[:60], "url": bad}
    rows = [{"type": 1, "components": [button]}]
    scene.bot_says(scene.world.general, content=markup, embeds=[embed], components=rows)
    shown = message(page, "hostile")
    await expect(shown).to_contain_text("<script>")
    assert await shown.locator("script, iframe, object").count() == 0
    assert await shown.locator("a[href^='javascript'], img[src='x'], img[src^='data']").count() == 0
    await page.evaluate(_SLIPPED_THROUGH)  # were something to, the policy would still stop it
    assert "HugOps sandbox" in await page.title()


async def test_all_parts_of_an_embed(scene: Scene, page: Page) -> None:
    embed = {
        "title": "The **title**",
        "url": "https://example.test/title",
        "description": "> quoted\n-# small\n`code`",
        "color": 0xFF8800,
        "author": {"name": "The author"},
        "footer": {"text": "The foot"},
        "timestamp": "2030-01-02T03:04:05+00:00",
        "fields": [{"name": "One", "value": "1", "inline": True}],
    }
    scene.bot_says(scene.world.general, embeds=[embed])
    shown = message(page, "The author").get_by_test_id("embed")
    await expect(shown.get_by_role("link", name="The title")).to_be_visible()
    for part in ("quoted", "small", "code", "The foot •", "One"):
        await expect(shown).to_contain_text(part)
    edge = await shown.evaluate("node => node.style.getPropertyValue('--edge')")
    assert edge == "#ff8800"


async def test_by_keyboard_alone(scene: Scene, page: Page) -> None:
    await scene.server.say(scene.world.bo, scene.world.general, "the one before")
    await scene.server.say(scene.world.bo, scene.world.general, "the last one")
    await expect(message(page, "the last one")).to_be_visible()
    stops = page.locator("#log [data-message-id][tabindex='0']")
    await expect(stops).to_have_count(1)
    await stops.focus()
    await expect(message(page, "the last one")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(message(page, "the one before")).to_be_focused()
    outline = "node => getComputedStyle(node).outlineStyle"
    assert await message(page, "the one before").evaluate(outline) == "solid"
    await page.reload()
    await expect(page.get_by_test_id("status")).to_have_text("Bot online")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")  # the way past servers and channels
    await page.keyboard.press("Tab")
    await expect(page.locator("#foot :focus")).to_have_count(1)


async def test_narrow_light_and_still(scene: Scene) -> None:
    world = scene.world
    scene.bot_says(world.general, content="wide " + "w" * 300 + " `" + "c" * 200 + "`")
    page = await scene.open(
        world.ana,
        world.general,
        viewport={"width": 360, "height": 640},
        color_scheme="light",
        reduced_motion="reduce",
    )
    assert await page.evaluate(_TOO_WIDE) == []
    background = "() => getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(background) == "rgb(255, 255, 255)"
    await page.get_by_test_id("theme").press("Enter")
    assert await page.evaluate(background) == "rgb(49, 51, 56)"
    await page.reload()
    assert await page.evaluate(background) == "rgb(49, 51, 56)"
    motion = "() => getComputedStyle(document.querySelector('#status')).animationIterationCount"
    assert await page.evaluate(motion) == "1"
    await page.locator("#menu").press("Enter")
    await page.get_by_test_id("channel").filter(has_text="random").click()
    await expect(page.locator("#channel-name")).to_have_text("random")
    await expect(page.locator("#sidebar")).to_be_hidden()
    await page.context.close()
