"""Deleting what a run created."""
