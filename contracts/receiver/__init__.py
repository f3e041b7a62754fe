"""Checks a receiver of webhooks: what must a consumer's endpoint accept, and what must it refuse?"""
