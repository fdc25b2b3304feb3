"""Where the bot is and who owns it, as Discord told after connecting. Fed by bot/client.py."""

from bot.core.access import GuildId, Served, UserId


class Presence:
    """The servers the bot is in and its owners, with what the settings say of both."""

    def __init__(self, named: frozenset[GuildId], owner_ids: frozenset[UserId]) -> None:
        self._named = named
        self._owners = owner_ids
        self._joined: frozenset[GuildId] = frozenset()

    def joined(self, guild_ids: frozenset[GuildId]) -> None:
        """The bot is in these servers now."""
        self._joined = guild_ids

    def owned_by(self, user_ids: frozenset[UserId]) -> None:
        """Discord names these owners of the application, besides those of the settings."""
        self._owners |= user_ids

    def served(self) -> Served:
        """The servers the bot works for."""
        return Served(named=self._named, joined=self._joined)

    def owners(self) -> frozenset[UserId]:
        """Everybody who owns the bot."""
        return self._owners
