"""What the server remembers: items by tenant, and one world of clock, ids and chance. No I/O."""
