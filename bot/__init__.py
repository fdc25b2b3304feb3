"""HugOps: a Discord chat-ops bot for teams that work with Hugging Face."""
