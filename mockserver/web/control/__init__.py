"""What steers a sandbox and shows what it did: namespaces, journal, overrides."""
