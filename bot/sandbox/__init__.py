"""Stand-ins for Discord and Hugging Face that speak only the wire protocols, on loopback."""
