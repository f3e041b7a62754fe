"""Checks of what a service sends: callbacks and webhooks."""
