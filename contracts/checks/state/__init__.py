"""Checks of what is stored: what was written is read, and a refused request changes nothing."""
