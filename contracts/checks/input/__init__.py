"""Checks of what requests may contain: bounds, odd values, defaults, and unique values."""
