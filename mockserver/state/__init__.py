"""What a service stores: items by resource and tenant, the clock, ids and randomness. No I/O."""
