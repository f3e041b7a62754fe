"""Create, read, list, update and delete, on documents that nobody here wrote and without any behaviour file."""
