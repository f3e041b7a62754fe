"""Several processes that serve one sandbox on one machine, and what they tell each other."""
