"""What the sentences of descriptions say: a small grammar for each kind."""
