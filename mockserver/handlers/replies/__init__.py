"""Success replies: status, headers and body, entity tags, and what a client prefers."""
