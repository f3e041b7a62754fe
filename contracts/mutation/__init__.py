"""Breaking a mock of a contract in one place at a time, to see which changes the check would notice."""
