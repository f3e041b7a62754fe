"""How items belong together: which property names which item, and who is a member of what."""
