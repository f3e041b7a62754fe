"""Checks of items that belong to others: owners, members, references and copies."""
