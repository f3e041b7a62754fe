"""Runs the workflows of the Arazzo Specification 1.0 against a mock or a service."""
