"""Stores whose changes are written to a log, so that they last and other processes follow them."""
