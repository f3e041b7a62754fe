"""What no data can say about this vendor: rules for the mock, checks for the contract check."""
