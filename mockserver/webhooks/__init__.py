"""What a service sends itself, by its document and its behaviour: which requests, when, and what is in them."""
