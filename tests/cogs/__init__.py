"""Discord's side: words, cards, the command tree, the press ids."""
