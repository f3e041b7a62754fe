"""Behaviour files: their statements, the overlay format, and the reference page."""
