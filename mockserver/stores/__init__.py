"""Where the shared log of changes is kept: in memory, in an SQLite file, or on a Redis server."""
