"""Sends webhooks and callbacks: in a thread of its own, with retries, and only to addresses that are allowed."""
