"""Public documents, served in bulk."""
