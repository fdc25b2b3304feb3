"""The pages of /help. `{imagine}` and the like become clickable where Discord gave the ids.

Called by help.py, and by welcome.py for its mentions.
"""

from collections.abc import Mapping

import discord

from bot.core.access import Role
from cogs._replies import COLOURS

TOPICS: dict[str, tuple[str, str]] = {
    "imagine": (
        "Making pictures",
        "{imagine} takes a **prompt** and, if you like, a model, a size, what to leave out, "
        "a seed, steps and guidance.\n"
        "`private:True` keeps card and picture to you; `spoiler:True` hides the picture until it "
        "is clicked. 📣 **Share** on a private picture posts it once, where you press, with its "
        "prompt, model, size and seed and nothing else.\n"
        "🎲 **Reroll** makes another one with a new seed, ✏️ **Edit** lets you change the request, "
        "🗑️ **Delete** takes it away for good, "
        "**Details** tells how it was made. Who presses pays with a slot.\n"
        "🚩 **Report** tells the admins of the server what is wrong with a picture.\n"
        "The same prompt, model, size and seed give the same picture.\n"
        "{jobs_list} finds what you made, {jobs_retry} asks for it once more.",
    ),
    "queue": (
        "Waiting",
        "One Hugging Face token serves everybody, and it may only call so often. Your card says "
        "your place, about when it starts, and what holds it. {jobs_queue} with `scope:everyone` "
        "shows the whole line.\n"
        "Turns are fair: whoever had the fewest pictures in the last hour goes first, so one "
        "picture never waits behind somebody's forty.\n"
        "**Cancel** on the card or {jobs_cancel} returns the slot, until the call is sent.\n"
        "A result that took over a minute comes as a new message that mentions you. **Notify me** "
        "on the card calls you once when it is over, whoever asked for it.",
    ),
    "limits": (
        "Limits",
        "{quota} shows what you used and how full the shared windows are; {status} shows whether "
        "everything is up.\n"
        "On the free plan that is one call every 2 s, 30 an hour, 1,000 a day, and a little money "
        "a month. Hugging Face also holds a placeholder price against each call for some minutes, "
        "so no more than 9 calls may be unsettled within 5 minutes.\n"
        "Nobody is charged for a picture that did not come. A call that Hugging Face counted still "
        "fills the shared windows.\n"
        "A cost is said as it is known: actual, estimated or unknown.",
    ),
    "admin": (
        "For admins",
        "`/admin limits show · set · preset` moves what holds the token back.\n"
        "`/admin access grant · revoke · list` gives a Discord role the power, operator or admin "
        "role. Manage Server always means admin.\n"
        "`/admin queue pause · resume · drain · clear` holds or empties this server's queue; a "
        "pause keeps everybody's place, a drain takes nothing new.\n"
        "{alerts} says where I tell what needs an admin: a token that was refused, and pictures "
        "that people report, each with **Delete image** and **Dismiss**. Take a channel that only "
        "admins see: a report names who made it.\n"
        "`/admin block · unblock` takes me away from a person, for a while or until you say so; "
        "what they have waiting is cancelled.\n"
        "{config} is a panel: allowed models, caps, private by default, banned words, and where "
        "pictures may be made by Discord's mark for age-restricted channels.\n"
        "`/admin audit` lists who changed what, with a table to download.\n"
        "{doctor} checks everything I need and says what to do about what is wrong.",
    ),
}

_STARTS = {
    Role.MEMBER: "Here is how to begin:",
    Role.POWER: "You have the power role. Here is how to begin:",
    Role.OPERATOR: "You are an operator: you may cancel anybody's waiting image.",
    Role.ADMIN: "You are an admin here: queue, rules, roles and the audit trail are yours.",
    Role.OWNER: "You own me: everything is yours, the shared token included.",
}
_EXAMPLES = (
    "{imagine} `prompt:a lighthouse in a storm, oil on canvas`",
    "{imagine} `prompt:a paper crane size:portrait seed:7 private:True`",
    "{jobs_queue} and see what waits, and why",
)


def start_page(role: Role, ids: Mapping[str, int]) -> discord.Embed:
    """What to do first, by role, with three worked examples."""
    lines = [_STARTS[role], "", *(f"**{n}.** {text}" for n, text in enumerate(_EXAMPLES, 1))]
    if role >= Role.ADMIN:
        lines += ["", "Also: {alerts}, {config}, {access_grant} and {doctor}."]
    embed = discord.Embed(
        title="I make pictures from words",
        description=clickable("\n".join(lines), ids),
        colour=COLOURS.working,
    )
    names = [name for name in TOPICS if name != "admin" or role >= Role.ADMIN]
    more = "\n".join(f"`/help topic:{name}` · {TOPICS[name][0]}" for name in names)
    return embed.add_field(name="More", value=more, inline=False)


def topic_page(topic: str, ids: Mapping[str, int]) -> discord.Embed:
    """One page."""
    title, text = TOPICS[topic]
    return discord.Embed(title=title, description=clickable(text, ids), colour=COLOURS.working)


_COMMANDS = {
    "imagine": "imagine",
    "jobs_queue": "jobs queue",
    "jobs_cancel": "jobs cancel",
    "jobs_list": "jobs list",
    "jobs_retry": "jobs retry",
    "quota": "quota",
    "status": "status",
    "limits_show": "admin limits show",
    "access_grant": "admin access grant",
    "doctor": "admin doctor",
    "alerts": "admin alerts",
    "config": "admin config",
    "help": "help",
}


def clickable(text: str, ids: Mapping[str, int]) -> str:
    """`{imagine}` and the like as command mentions, or as code while the ids are unknown."""
    for word, command in _COMMANDS.items():
        text = text.replace(f"{{{word}}}", _mention(command, ids))
    return text


def _mention(command: str, ids: Mapping[str, int]) -> str:
    command_id = ids.get(command.partition(" ")[0])
    return f"</{command}:{command_id}>" if command_id else f"`/{command}`"
