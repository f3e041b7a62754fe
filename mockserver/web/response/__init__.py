"""Making a response: example values, error bodies, serialization."""
