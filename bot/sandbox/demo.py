"""The ready-made world that the sandbox and most tests start from."""

from bot.sandbox.pace import Pace
from bot.sandbox.permissions import BOT_INVITE, Permission
from bot.sandbox.world import Guild, World


class DemoWorld(World):
    """Two servers with the people and channels that the interesting cases need."""

    def __init__(self, pace: Pace | None = None) -> None:
        super().__init__(pace)
        self.owner = self.application_owner
        self.ana = self.add_user("ana", "Ana")
        self.first_viewer = self.ana
        self.bo = self.add_user("bo", "Bo")
        self.power_user = self.add_user("pia", "Pia")
        self.operator = self.add_user("oskar", "Oskar")
        self.admin = self.add_user("mina", "Mina")
        self.people = [
            *(self.ana, self.bo, self.power_user),
            *(self.operator, self.admin, self.owner),
        ]
        self.introductions = {
            self.ana.id: "member",
            self.bo.id: "member",
            self.power_user.id: "role Power",
            self.operator.id: "role Operators",
            self.admin.id: "manages the server",
            self.owner.id: "owns the bot",
        }
        self._furnish_sandbox()
        self._furnish_second()

    def _furnish_sandbox(self) -> None:
        self.guild = self.add_guild("Sandbox", self.owner)
        self.operators = self.add_role(self.guild, "Operators")
        # What either may do in the bot is for an admin to grant; nothing is by itself.
        self.power = self.add_role(self.guild, "Power")
        self.managers = self.add_role(self.guild, "Managers", Permission.MANAGE_GUILD)
        self.general = self.add_channel(self.guild, "general")
        self.random = self.add_channel(self.guild, "random")
        self.grown_ups = self.add_channel(self.guild, "grown-ups", nsfw=True)
        self.grown_ups.topic = "Age-restricted"
        # The bot may read here but not write, so a late post is refused with 50013 ...
        self.rules = self.add_channel(self.guild, "rules")
        self.rules.topic = "The bot may read here but not write"
        self.rules.overwrite(self.bot, deny=Permission.SEND_MESSAGES)
        # ... and here it does not even see the channel, which is 50001.
        self.announcements = self.add_channel(self.guild, "announcements")
        self.announcements.topic = "The bot does not see this channel"
        self.announcements.overwrite(
            self.bot, deny=Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES
        )
        self.office = self.add_channel(self.guild, "office")
        self.office.topic = "Only managers and the bot see this channel"
        self.office.overwrite(self.guild.roles[self.guild.id], deny=Permission.VIEW_CHANNEL)
        self.office.overwrite(self.managers, allow=Permission.VIEW_CHANNEL)
        self.office.overwrite(self.bot, allow=Permission.VIEW_CHANNEL)
        self.join(self.guild, self.ana)
        self.join(self.guild, self.bo)
        self.join(self.guild, self.power_user, self.power)
        self.join(self.guild, self.operator, self.operators)
        self.join(self.guild, self.admin, self.managers)
        self._invite_bot(self.guild)

    def _furnish_second(self) -> None:
        self.other_guild = self.add_guild("Second", self.admin)
        self.other_channel = self.add_channel(self.other_guild, "lobby")
        self.join(self.other_guild, self.bo)
        self._invite_bot(self.other_guild)

    def _invite_bot(self, guild: Guild) -> None:
        role = self.add_role(guild, self.bot.display, BOT_INVITE)
        role.managed = True
        self.join(guild, self.bot, role)


def demo_world(pace: Pace | None = None) -> DemoWorld:
    """On its own clock unless others share it."""
    return DemoWorld(pace)
