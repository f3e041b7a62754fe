"""What is inferred from a document, seen through HTTP: small documents written in the test, and no behaviour file."""
