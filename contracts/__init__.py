"""The contract check: checks any implementation of an API against its contract, over HTTP or in process."""
