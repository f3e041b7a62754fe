"""The command line: `mockserver serve`, `infer`, `specs` and what they print."""
