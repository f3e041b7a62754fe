"""A second set of bugs, collected from mistakes of real servers by an author who had not read the checks."""
