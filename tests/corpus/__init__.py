"""Documents that nobody here wrote, read in bulk."""
