"""Overrides: some requests answered differently than the mock would, by responses, faults and delays."""
