"""A dozen-command bot on the real discord.py, and the real client wired to the stand-in."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from PIL import Image

from bot.sandbox.discord_server import DiscordServer


def picture(edge: int = 8) -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (edge, edge), "teal").save(data, "PNG")
    data.seek(0)
    return data


class Controls(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Again", custom_id="v1:again:1")
    async def again(self, interaction: discord.Interaction, _button: Any) -> None:
        await interaction.response.edit_message(content="again!")

    @discord.ui.button(label="Edit", custom_id="v1:edit:1")
    async def edit(self, interaction: discord.Interaction, _button: Any) -> None:
        await interaction.response.send_modal(Form())


class Form(discord.ui.Modal, title="Edit"):
    prompt = discord.ui.Label(
        text="Prompt", component=discord.ui.TextInput(custom_id="prompt", default="a cat")
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.prompt.component, discord.ui.TextInput)
        await interaction.response.send_message(f"form: {self.prompt.component.value}")


class ProbeBot(commands.AutoShardedBot):
    def __init__(self) -> None:
        super().__init__(
            command_prefix="!",
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.05,
        )
        self.errors: asyncio.Queue[Exception] = asyncio.Queue()
        self.seen: list[int] = []

    async def setup_hook(self) -> None:
        add_commands(self.tree)
        self.tree.on_error = self.remember
        self.add_view(Controls())
        await self.tree.sync()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.seen.append(interaction.id)

    async def remember(self, _interaction: discord.Interaction, error: Exception) -> None:
        self.errors.put_nowait(getattr(error, "original", error))


def add_commands(tree: app_commands.CommandTree) -> None:
    add_imagine(tree)
    add_plain(tree)
    add_groups(tree)
    add_menus(tree)


def add_plain(tree: app_commands.CommandTree) -> None:
    @tree.command(description="Answer at once")
    async def ping(interaction: discord.Interaction, private: bool = False) -> None:
        await interaction.response.send_message("pong <@1>", ephemeral=private, view=Controls())

    @tree.command(description="Say whom")
    async def whom(
        interaction: discord.Interaction, member: discord.Member, where: discord.TextChannel
    ) -> None:
        await interaction.response.send_message(f"{member.name} {where.name}")

    @tree.command(description="Follow a deferral")
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("first", ephemeral=False)


def add_imagine(tree: app_commands.CommandTree) -> None:
    @tree.command(description="Defer, then send a picture")
    @app_commands.choices(size=[app_commands.Choice(name="Square", value="square-512")])
    async def imagine(  # noqa: PLR0917
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, 100],
        model: str = "",
        size: str = "square-512",
        seed: app_commands.Range[int, 0, 99] = 1,
        private: bool = False,
        image: discord.Attachment | None = None,
    ) -> None:
        await interaction.response.defer(ephemeral=private)
        embed = discord.Embed(title=prompt, description=f"{model} {size} {seed}")
        embed.set_image(url="attachment://out.png")
        file = discord.File(picture(), "out.png", description="AI-generated")
        files = [file]
        if image is not None:
            files.append(discord.File(io.BytesIO(await image.read()), image.filename))
        await interaction.edit_original_response(embed=embed, attachments=files, view=Controls())
        await interaction.followup.send("and more", ephemeral=True)

    @imagine.autocomplete("model")
    async def models(
        _interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed}-{n}", value=f"{typed}-{n}") for n in "ab"]


def add_groups(tree: app_commands.CommandTree) -> None:
    jobs = app_commands.Group(name="jobs", description="Jobs")
    tree.add_command(jobs)

    @jobs.command(description="The queue")
    async def queue(interaction: discord.Interaction, scope: str = "mine") -> None:
        await interaction.response.send_message(f"queue {scope}", ephemeral=True)

    admin = app_commands.Group(
        name="admin",
        description="Admin",
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True),
    )
    tree.add_command(admin)

    @admin.command(description="Audit")
    async def audit(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("audit", ephemeral=True)


def add_menus(tree: app_commands.CommandTree) -> None:
    @tree.context_menu(name="Read aloud")
    async def read(interaction: discord.Interaction, message: discord.Message) -> None:
        author = message.author.name
        await interaction.response.send_message(f"{author}: {message.content}", ephemeral=True)

    @tree.context_menu(name="Read Roles")
    async def roles(interaction: discord.Interaction, member: discord.Member) -> None:
        names = [str(role.id) for role in member.roles[1:]]
        await interaction.response.send_message(f"{member.name}: {names}")

    @tree.context_menu(name="Strike out")
    @app_commands.default_permissions(manage_guild=True)
    async def strike(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"struck {message.id}")


@asynccontextmanager
async def running(bot: discord.Client, server: DiscordServer) -> AsyncIterator[None]:
    """The bot as a task beside the test, stopped at its end."""
    discord.http.Route.BASE = server.api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
    task = asyncio.create_task(bot.start(server.token))
    waiting = asyncio.create_task(server.ready())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        await waiting
        yield
    finally:
        waiting.cancel()
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)
        # The library's connector closes its sockets on the next turns of the loop.
        await asyncio.sleep(0.05)


async def get_json(server: DiscordServer, path: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(server.base_url + path) as got:
        return await got.json()
