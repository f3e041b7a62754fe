"""Running checks: which ones, against what, in which order."""
