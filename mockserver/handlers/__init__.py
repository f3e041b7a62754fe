"""What an operation does: create, list, get, update, replace, delete, as behaviour statements say. No HTTP, no I/O."""
