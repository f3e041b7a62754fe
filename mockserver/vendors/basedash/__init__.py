"""What no statement can say about this vendor: rules for the mock, and checks of these rules."""
