"""What an operation does: create, list, get, update, replace, delete, driven by behaviour statements. No HTTP, no I/O."""
