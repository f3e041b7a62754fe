"""The test suites that vendors publish with their own clients, run against this mock and against Prism."""
