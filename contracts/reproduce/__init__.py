"""Repeating what an examination found: as a conversation, and as tests of their own."""
