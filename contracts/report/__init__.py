"""What an examination came to, written down for people and for programs."""
