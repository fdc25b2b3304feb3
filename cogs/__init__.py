"""Discord's side: callbacks that read an interaction, make one call and give one reply."""
