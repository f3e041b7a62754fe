"""The preflight: a few safe requests before the checks, which tell what would make all of them fail."""
