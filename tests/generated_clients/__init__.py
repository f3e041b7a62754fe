"""Clients that generators make from the documents that the mock serves, used unmodified."""
