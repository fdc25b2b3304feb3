"""What becomes of embeds, selects, references and other people's messages."""

from typing import Any

import discord
import pytest

from bot.sandbox.command_forms import ClientRefusedError
from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.permissions import Permission
from tests.sandbox.discord_bot import ProbeBot, picture


async def test_a_rich_embed_and_a_select(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    embed = discord.Embed(title="t", description="d", url="https://example.org", colour=1)
    embed.set_author(name="author", icon_url="attachment://a.png")
    embed.set_footer(text="footer").set_thumbnail(url="https://example.org/x.png")
    embed.add_field(name="n", value="v", inline=False)
    view = discord.ui.View()
    options = [discord.SelectOption(label="One", value="1", emoji="🎲")]
    view.add_item(discord.ui.Select(custom_id="choose", options=options))
    view.add_item(discord.ui.Button(label="Site", url="https://example.org"))
    view.add_item(discord.ui.Button(label="Off", custom_id="off", disabled=True))
    channel = bot.get_partial_messageable(world.general.id)
    sent = await channel.send(embed=embed, view=view, file=discord.File(picture(), "a.png"))
    message = server.messages(world.general)[0]
    assert message.text == "author\nt\nd\nn\nv\nfooter"
    assert message.embeds[0]["author"]["icon_url"] == message.attachments[0].url
    assert sent.embeds[0].fields[0].value == "v"
    chosen = await server.press(world.ana, message, "choose", values=["1"])
    assert chosen.payload["data"]["values"] == ["1"]
    for control, values in (("choose", ["2"]), ("Site", None), ("Off", None)):
        with pytest.raises(ClientRefusedError):
            await server.press(world.ana, message, control, values=values)


@pytest.mark.parametrize(
    "fields",
    [
        {"embeds": [{"title": "x"}] * 11},
        {"embeds": [{"title": "x" * 257}]},
        {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
        {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
        {"components": [{"type": 1, "components": []}]},
        {"components": [{"type": 10, "content": "words"}]},
        {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "x" * 101}]}]},
        {"components": [{"type": 1, "components": [{"type": 2, "label": "x" * 81}]}]},
        {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "a"}] * 2}]},
        {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "a"}]}] * 6},
        {"components": [{"type": 10, "content": "x" * 4001}], "flags": 1 << 15},
        {"components": [{"type": 10, "content": "x"}], "content": "x", "flags": 1 << 15},
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        {"content": "x", "message_reference": {"message_id": "1"}},
    ],
)
async def test_messages_that_discord_refuses(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot, fields: dict[str, Any]
):
    params = discord.http.MultipartParameters(payload=fields, multipart=None, files=None)
    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.send_message(world.general.id, params=params)
    assert refused.value.code == 50035
    assert server.messages(world.general) == []


async def test_other_peoples_messages(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    said = await server.say(world.ana, world.general, "hello")
    channel = bot.get_partial_messageable(world.general.id)
    theirs = channel.get_partial_message(said.id)
    with pytest.raises(discord.Forbidden) as refused:
        await theirs.edit(content="hi")
    assert refused.value.code == 50005
    with pytest.raises(discord.Forbidden) as refused:
        await theirs.delete()
    assert refused.value.code == 50013
    server.set_overwrite(
        world.general,
        world.bot,
        allow=Permission.MANAGE_MESSAGES,
        deny=Permission.READ_MESSAGE_HISTORY,
    )
    with pytest.raises(discord.Forbidden) as refused:
        await theirs.reply("hi")
    assert refused.value.code == 160002
    assert [message async for message in channel.history()] == []
    await theirs.delete()
    assert server.messages(world.general) == []


async def test_admin_commands_are_not_for_dms(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    with pytest.raises(ClientRefusedError, match="not shown"):
        await server.run_command(world.admin, None, "admin audit", dm=True)
    raw = await server.run_command(world.admin, None, "admin audit", dm=True, raw=True)
    assert (await raw.settled()).text == "audit"
