"""How items belong together: references, items shown inside others, members, counts, and what goes with its parent."""
