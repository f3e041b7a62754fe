"""Writing a response: examples, errors, serialization."""
