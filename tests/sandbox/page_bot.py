"""A bot that shows and asks for all that the page must be able to do, and says what came of it."""

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from tests.sandbox.discord_bot import ProbeBot, add_menus, picture

Names = Sequence[Any]


class PageBot(ProbeBot):
    async def setup_hook(self) -> None:
        add_menus(self.tree)
        add_options(self.tree)
        add_answers(self.tree)
        self.add_view(Everything())
        await self.tree.sync()


def add_options(tree: app_commands.CommandTree) -> None:
    @tree.command(description="Takes an option of every type")
    @app_commands.choices(size=[app_commands.Choice(name="Wide", value="w")])
    async def options(  # noqa: PLR0917
        interaction: discord.Interaction,
        size: str,
        who: discord.Member,
        words: app_commands.Range[str, 3, 9],
        count: app_commands.Range[int, 1, 4] = 1,
        share: app_commands.Range[float, 0, 1] = 0,
        loud: bool = False,
        where: discord.TextChannel | None = None,
        role: discord.Role | None = None,
        either: discord.Member | discord.Role | None = None,
        image: discord.Attachment | None = None,
        model: str = "",
    ) -> None:
        named = [each.name for each in (who, where, role, either) if each is not None]
        file = "" if image is None else f"{image.filename} {len(await image.read())}"
        said = [size, words, count, share, loud, model, *named, file]
        await interaction.response.send_message(f"got {'|'.join(map(str, said))}")

    @options.autocomplete("model")
    async def models(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"Model {typed}{n}", value=f"m-{typed}{n}") for n in "xy"]


def add_answers(tree: app_commands.CommandTree) -> None:
    @tree.command(description="Opens a form")
    async def form(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(EveryInput())

    @tree.command(description="Says it in private")
    async def secret(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("between us", ephemeral=True)

    @tree.command(description="Thinks and says nothing")
    async def think(interaction: discord.Interaction) -> None:
        await interaction.response.defer()

    @tree.command(description="Does not answer")
    async def silent(_interaction: discord.Interaction) -> None:
        return

    @tree.command(description="Shows every control")
    async def controls(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("controls", view=Everything())

    @tree.command(description="Shows files")
    async def files(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(
            files=[
                discord.File(picture(), "open.png", description="teal all over"),
                discord.File(picture(), "hidden.png", spoiler=True),
                discord.File(picture(), "notes.txt"),
                discord.File(picture(), "ending.txt", spoiler=True),
            ]
        )


class Everything(discord.ui.View):
    """A button of each style, and menus of each kind."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Read on", url="https://example.test/", row=0))
        self.add_item(discord.ui.Button(label="Not now", custom_id="off", disabled=True, row=0))

    @discord.ui.button(
        label="Go", custom_id="go", emoji="🚀", style=discord.ButtonStyle.success, row=0
    )
    async def go(self, interaction: discord.Interaction, _button: Any) -> None:
        await interaction.response.edit_message(content="went")

    @discord.ui.button(label="Ignore", custom_id="ignore", style=discord.ButtonStyle.danger, row=0)
    async def ignore(self, _interaction: discord.Interaction, _button: Any) -> None:
        return

    @discord.ui.select(
        custom_id="colours",
        placeholder="Colours",
        max_values=2,
        options=[discord.SelectOption(label=name) for name in ("red", "green", "blue")],
        row=1,
    )
    async def colours(self, interaction: discord.Interaction, chosen: Any) -> None:
        await _tell(interaction, chosen.values)

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="people", placeholder="People", row=2)
    async def people(self, interaction: discord.Interaction, chosen: Any) -> None:
        await _tell(interaction, [user.name for user in chosen.values])

    @discord.ui.select(
        cls=discord.ui.MentionableSelect, custom_id="anybody", placeholder="Anybody", row=3
    )
    async def anybody(self, interaction: discord.Interaction, chosen: Any) -> None:
        await _tell(interaction, [each.name for each in chosen.values])

    @discord.ui.select(
        cls=discord.ui.ChannelSelect, custom_id="places", placeholder="Places", row=4
    )
    async def places(self, interaction: discord.Interaction, chosen: Any) -> None:
        await _tell(interaction, [channel.name for channel in chosen.values])


class EveryInput(discord.ui.Modal, title="Form of everything"):
    short = discord.ui.Label(
        text="Name",
        description="What to call it",
        component=discord.ui.TextInput(custom_id="short", min_length=2, max_length=5),
    )
    long = discord.ui.Label(
        text="Story",
        component=discord.ui.TextInput(
            custom_id="long",
            style=discord.TextStyle.paragraph,
            required=False,
            placeholder="Once upon a time",
        ),
    )
    size = discord.ui.Label(
        text="Size",
        component=discord.ui.Select(
            custom_id="size",
            options=[discord.SelectOption(label=name) for name in ("small", "large")],
        ),
    )
    role = discord.ui.Label(text="Role", component=discord.ui.RoleSelect(custom_id="role"))
    proof = discord.ui.Label(
        text="Proof", component=discord.ui.FileUpload(custom_id="proof", required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        inputs: list[Any] = [
            each.component for each in (self.short, self.long, self.size, self.role, self.proof)
        ]
        short, long, size, role, proof = inputs
        names = [role.values[0].name, *(file.filename for file in proof.values)]
        await _tell(interaction, [short.value, long.value, *size.values, *names])


async def _tell(interaction: discord.Interaction, names: Names) -> None:
    await interaction.response.send_message(f"chose {'|'.join(names)}")
