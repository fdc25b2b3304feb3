"""The panel of /admin config: its card, its selects and buttons, and its forms. Called by admin.py.

Every part is `v1:config:<rule>`, forms too, so that all of it works after a restart.
"""

from typing import Any, cast

import discord

from bot.client import StalePress
from bot.core.checks import STEPS_MAX
from bot.core.jobs import Size
from bot.core.rulebook import ANY, MOST_MODELS, MOST_WORDS, NO, YES, Rule
from bot.core.servers import AgeRule, ServerRules
from cogs._format import code, count, plural
from cogs._replies import COLOURS
from cogs._views import press_id

MOST_NAMED = 10
FORM_MAX = 4000  # characters of one input of a form, as Discord has it

AGE_RULES = {
    AgeRule.ANYWHERE: ("Anywhere", "in every channel; the server decides by its own rules"),
    AgeRule.SPOILER_ELSEWHERE: (
        "Spoiler elsewhere",
        "outside age-restricted channels each picture is hidden until it is clicked",
    ),
    AgeRule.RESTRICTED_ONLY: (
        "Age-restricted channels only",
        "in all other channels `/imagine` is refused",
    ),
}
_SAVED = {
    Rule.MODELS: "Allowed models",
    Rule.STEPS: "Most steps",
    Rule.SIZE: "Largest size",
    Rule.PRIVATE: "Private by default",
    Rule.AGE: "Age rule",
    Rule.WORDS: "Banned words",
}


def config_card(rules: ServerRules, saved: Rule | None = None) -> discord.Embed:
    """How every rule stands and what it means; banned words are counted, the form has them."""
    text = "These rules hold for every new image of this server, whatever button asks for it."
    if saved:
        text = f"✅ Saved: **{_SAVED[saved]}**.\n{text}"
    card = discord.Embed(title="Rules for pictures", description=text, colour=COLOURS.working)
    title, meaning = AGE_RULES[rules.age_rule]
    kept = "What was made in an age-restricted channel is never shown outside of such channels."
    card.add_field(name="Age rule", value=f"**{title}**: {meaning}.\n{kept}", inline=False)
    card.add_field(name="Allowed models", value=_models(rules), inline=False)
    card.add_field(name="Largest size", value=_largest(rules))
    card.add_field(name="Most steps", value=str(rules.most_steps or STEPS_MAX))
    private = "yes, unless asked otherwise" if rules.private_by_default else "no"
    card.add_field(name="Private by default", value=private)
    card.add_field(name="Banned words", value=_words(rules), inline=False)
    return card


def config_rows(rules: ServerRules) -> discord.ui.View:
    """Two selects and a row of buttons."""
    private = "Make public the default" if rules.private_by_default else "Make private the default"
    view = discord.ui.View(timeout=None)
    view.add_item(_age_select(rules))
    view.add_item(_size_select(rules))
    for rule, label in (
        (Rule.MODELS, "Models…"),
        (Rule.STEPS, "Most steps…"),
        (Rule.WORDS, "Banned words…"),
    ):
        view.add_item(discord.ui.Button(label=label, custom_id=_id(rule)))
    turned = f"{Rule.PRIVATE.value}-{NO if rules.private_by_default else YES}"
    view.add_item(discord.ui.Button(label=private, custom_id=press_id("config", turned)))
    view.stop()
    return view


def config_form(rule: Rule, rules: ServerRules) -> discord.ui.Modal:
    """The form of a rule that is typed, filled with how it stands."""
    label, hint, value = _form_parts(rule, rules)
    form = discord.ui.Modal(title=_SAVED[rule], custom_id=_id(rule), timeout=None)
    style = discord.TextStyle.short if rule is Rule.STEPS else discord.TextStyle.paragraph
    box = discord.ui.TextInput[discord.ui.View](
        custom_id="typed", style=style, required=False, default=value, max_length=FORM_MAX
    )
    form.add_item(discord.ui.Label(text=label, description=hint, component=box))
    form.stop()
    return form


def rule_of(key: str) -> tuple[Rule, str | None]:
    """The rule that a part is about, and the value that a button itself carries."""
    name, _, value = key.partition("-")
    try:
        return Rule(name), value or None
    except ValueError:
        raise StalePress from None


def typed_in(interaction: discord.Interaction) -> str | None:
    """What was chosen in a select or typed into a form; None for a button."""
    data = cast("dict[str, Any]", interaction.data or {})
    if interaction.type is discord.InteractionType.modal_submit:
        return _form_value(data.get("components", []))
    chosen: list[str] = data.get("values") or []
    return chosen[0] if chosen else None


def _form_value(parts: list[dict[str, Any]]) -> str:
    boxes = [part.get("component") or part for part in parts]
    return next((str(box.get("value", "")) for box in boxes if box.get("value")), "")


def _id(rule: Rule) -> str:
    return press_id("config", rule.value)


def _age_select(rules: ServerRules) -> discord.ui.Select[discord.ui.View]:
    options = [
        discord.SelectOption(
            label=title,
            value=rule.value,
            description=meaning.replace("`", "")[:100],
            default=rule is rules.age_rule,
        )
        for rule, (title, meaning) in AGE_RULES.items()
    ]
    return discord.ui.Select(custom_id=_id(Rule.AGE), placeholder="Age rule", options=options)


def _size_select(rules: ServerRules) -> discord.ui.Select[discord.ui.View]:
    options = [discord.SelectOption(label="Any size", value=ANY, default=rules.largest is None)]
    for size in sorted(Size, key=lambda size: size.area):
        width, height = size.pixels
        options.append(
            discord.SelectOption(
                label=f"At most {size.value}",
                description=f"{width} by {height} pixels, and what has fewer",
                value=size.value,
                default=size is rules.largest,
            )
        )
    return discord.ui.Select(custom_id=_id(Rule.SIZE), placeholder="Largest size", options=options)


def _form_parts(rule: Rule, rules: ServerRules) -> tuple[str, str, str]:
    """Label, hint and present value."""
    if rule is Rule.MODELS:
        hint = f"As on Hugging Face, up to {MOST_MODELS}; empty allows all."
        return "Models, one a line", hint, "\n".join(rules.models)
    if rule is Rule.STEPS:
        most = str(rules.most_steps or "")
        return "Most steps", f"1 to {STEPS_MAX}; empty takes {STEPS_MAX}.", most
    hint = f"Whole words and phrases, up to {MOST_WORDS}, whatever case or accents."
    return "Words or phrases, one a line", hint, "\n".join(rules.banned_words)


def _models(rules: ServerRules) -> str:
    if not rules.models:
        return "all"
    named = "\n".join(code(model) for model in rules.models[:MOST_NAMED])
    more = len(rules.models) - MOST_NAMED
    return f"{named}\n… and {count(more)} more" if more > 0 else named


def _largest(rules: ServerRules) -> str:
    if rules.largest is None:
        return "any"
    return f"{rules.largest.value}, also when none is chosen"


def _words(rules: ServerRules) -> str:
    if not rules.banned_words:
        return "none"
    listed = plural(len(rules.banned_words), "line")
    return f"{listed}; **Banned words…** shows them. Only prompts are looked at."
