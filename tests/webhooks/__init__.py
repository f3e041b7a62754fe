"""Webhooks and callbacks: what is sent, how, and to whom."""
