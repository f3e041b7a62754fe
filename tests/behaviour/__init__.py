"""Behaviour files: what they may contain, how they are merged with what is inferred, and how mistakes are reported."""
