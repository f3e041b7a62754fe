"""Checks of who may do what: credentials, several users and tenants, and what a client must not reach."""
