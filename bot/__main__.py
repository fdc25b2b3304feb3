"""`python -m bot` is `hugops`."""

from bot.cli import main

main()
