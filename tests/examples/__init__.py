"""How example values are generated."""
