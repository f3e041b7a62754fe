"""What a handler refuses: too many items, values that are used already, a state that does not allow it."""
