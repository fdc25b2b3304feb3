"""How fast the bot is beside a bare one. Run by `make bench`, never by the tests."""
