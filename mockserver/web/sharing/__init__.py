"""Sharing what is stored with other processes, by a log of changes."""
