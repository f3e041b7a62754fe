"""Talking to the target: transport, authentication, requests."""
