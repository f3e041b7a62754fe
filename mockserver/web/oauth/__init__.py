"""What a client of OAuth 2.0 needs to get a credential of the mock, at the paths that a document names."""
