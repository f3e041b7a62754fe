"""The commands: `mockserver check`, `cleanup`, `merge`, `replay`."""
