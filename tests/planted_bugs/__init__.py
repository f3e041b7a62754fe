"""Servers with one planted bug each, which measure how many bugs the contract check finds."""
