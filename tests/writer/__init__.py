"""The test suite that a vendor's own client is published with, run against the mock."""
