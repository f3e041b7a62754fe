"""Repeating what a check found: as a conversation, and as tests of their own."""
