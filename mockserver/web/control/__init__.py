"""What steers a sandbox and tells what it did: namespaces, journal, overrides."""
