"""Servers that are correct but for one planted bug, to see whether an examination finds it."""
