"""The page in Chromium: everything a person can do with a bot there."""

from playwright.async_api import FilePayload, Locator, Page, expect

from tests.sandbox.page_scene import IN_CHROMIUM, Scene, message, page, scene, send

__all__ = ["page", "scene"]  # fixtures

pytestmark = IN_CHROMIUM

_DROPPED = """() => {
    const dropped = new DataTransfer();
    dropped.items.add(new File(["abc"], "in.txt"));
    return dropped;
}"""


async def test_apps_of_a_message_in_every_way(scene: Scene, page: Page) -> None:
    await scene.server.say(scene.world.bo, scene.world.general, "a message with apps")
    shown, menu = message(page, "a message with apps"), page.get_by_test_id("menu-of-apps")
    app = page.get_by_test_id("app-command")
    await shown.click(button="right")
    await expect(app).to_have_text(["Read aloud"])  # what needs Manage Server is hidden
    await page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await shown.get_by_test_id("more").press("Enter")
    await expect(menu).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(shown.get_by_test_id("more")).to_be_focused()
    await shown.focus()
    for key in ("ContextMenu", "Shift+F10"):
        await page.keyboard.press(key)
        await expect(app).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(shown).to_be_focused()
    touch = {"pointerType": "touch", "clientX": 200, "clientY": 200, "bubbles": True}
    await shown.dispatch_event("pointerdown", touch)
    await app.press("Enter")
    await expect(message(page, "bo: a message with apps")).to_contain_text("Only you can see this")


async def test_apps_of_a_person_and_of_an_admin(scene: Scene, page: Page) -> None:
    await scene.server.say(scene.world.power_user, scene.world.general, "press my name")
    await message(page, "press my name").get_by_test_id("author").click()
    await page.get_by_test_id("app-command").filter(has_text="Read Roles").click()
    answer = message(page, f"pia: ['{scene.world.power.id}']")
    await expect(answer.get_by_test_id("message-used")).to_contain_text("Ana used Read Roles")
    await answer.locator(".avatar").first.click(button="right")
    await expect(page.get_by_test_id("app-command")).to_have_text(["Read Roles"])
    admin = await scene.open(scene.world.admin, scene.world.general)
    await message(admin, "press my name").click(button="right")
    await expect(admin.get_by_test_id("app-command")).to_have_text(["Read aloud", "Strike out"])
    await admin.context.close()


async def test_options_of_every_type_by_keyboard(scene: Scene, page: Page) -> None:
    await page.get_by_test_id("composer").press_sequentially("/opt")
    await expect(page.get_by_test_id("picker-item")).to_contain_text("options")
    keys = page.keyboard
    await keys.press("Tab")
    await keys.type("wi")
    await keys.press("Enter")  # the choice is taken and the cursor goes on
    await expect(_option(page, "who")).to_be_focused()
    await keys.type("@bo")
    await keys.press("Tab")
    await _option(page, "words").fill("no")
    await keys.press("Enter")
    problem = page.get_by_test_id("option-problem").filter(has_text="words")
    await expect(problem).to_have_text("words must be at least 3 long.")
    await expect(_option(page, "words")).to_have_attribute("aria-invalid", "true")
    await _option(page, "words").fill("enough")
    for name, value in (("count", "3"), ("share", "0.5"), ("loud", "true"), ("where", "random")):
        await _type_option(page, name, value)
    await _type_option(page, "role", "Power")
    await _type_option(page, "either", "Oskar")
    await _add_option(page, "model")
    await keys.type("q")
    await page.get_by_test_id("option-choice").filter(has_text="Model qy").click()
    await _add_option(page, "image")
    file = FilePayload(name="note.txt", mimeType="text/plain", buffer=b"twelve bytes")
    await page.get_by_test_id("file-field").set_input_files(file)
    await page.get_by_test_id("send").click()
    said = "got w|enough|3|0.5|True|m-qy|bo|random|Power|oskar|note.txt 12"
    await expect(message(page, "got w")).to_contain_text(said)


async def test_a_file_is_dropped_onto_its_option(scene: Scene, page: Page) -> None:
    await send(page, "/options size: Wide who: @Bo words: dropped")
    await expect(message(page, "dropped")).to_be_visible()
    await page.get_by_test_id("composer").fill("/options ")
    transfer = await page.evaluate_handle(_DROPPED)
    await page.dispatch_event("#log", "drop", {"dataTransfer": transfer})
    assert await page.get_by_test_id("file-field").evaluate("f => f.files[0].name") == "in.txt"
    await page.keyboard.press("Escape")


async def test_buttons_and_menus_of_every_kind(scene: Scene, page: Page) -> None:
    await send(page, "/controls")
    card = message(page, "Read on")
    await expect(card.get_by_test_id("link-button")).to_have_attribute(
        "href", "https://example.test/"
    )
    await expect(card.get_by_test_id("button").filter(has_text="Not now")).to_be_disabled()
    await card.get_by_test_id("button").filter(has_text="🚀").press("Enter")
    await expect(message(page, "Read on")).to_contain_text("went")
    colours = card.get_by_label("Colours (1 to 2)")
    await colours.select_option(["red", "blue"])
    await colours.press("Enter")
    await expect(message(page, "chose red|blue")).to_be_visible()
    for label, choice in (("People", "@Bo"), ("Anybody", "@Operators"), ("Places", "#random")):
        await card.get_by_label(label).select_option(label=choice)
        await expect(message(page, f"chose {choice[1:]}".replace("Bo", "bo"))).to_be_visible()


async def test_a_form_of_every_input(scene: Scene, page: Page) -> None:
    await send(page, "/form")
    form = page.get_by_role("dialog", name="Form of everything")
    name = form.get_by_label("Name")
    await expect(name).to_be_focused()
    assert await name.evaluate("n => [n.required, n.minLength, n.maxLength]") == [True, 2, 5]
    await expect(form.get_by_label("Story")).to_have_attribute("placeholder", "Once upon a time")
    await name.fill("x")
    await name.press("Enter")
    await expect(form).to_be_visible()  # too short, nothing is sent
    await name.fill("foxes")
    await form.get_by_label("Story").fill("two\nlines")
    await form.get_by_label("Size").select_option("large")
    await form.get_by_label("Role").select_option(label="@Power")
    file = FilePayload(name="proof.txt", mimeType="text/plain", buffer=b"abc")
    await form.get_by_label("Proof").set_input_files(file)
    await form.get_by_test_id("modal-submit").click()
    await expect(message(page, "chose foxes")).to_contain_text("|large|Power|proof.txt")
    await send(page, "/form")
    await expect(name).to_be_focused()  # Escape closes what is open
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)


def _option(page: Page, name: str) -> Locator:
    return page.locator(f"[data-option='{name}']")


async def _add_option(page: Page, name: str) -> None:
    await page.get_by_test_id("option-adder").click()
    await page.get_by_test_id("option-adder").press_sequentially(f"{name}:")
    await expect(_option(page, name)).to_be_focused()


async def _type_option(page: Page, name: str, value: str) -> None:
    await _add_option(page, name)
    await page.keyboard.type(value)
