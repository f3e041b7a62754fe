"""Create, read, list, update and delete items of public documents, without any behaviour file."""
