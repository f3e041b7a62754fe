"""What each operation does: to items, to entries of their lists, to a whole collection, to accounts and files."""
