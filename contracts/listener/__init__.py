"""A receiver of our own: it keeps what a service sends to it, and answers as a check wants."""
