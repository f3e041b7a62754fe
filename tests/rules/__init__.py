"""Rules and vendors of the user's own, added from outside of this project."""
