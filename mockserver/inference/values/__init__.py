"""What the values of an item are: its id, times and states, and what a new item has."""
