"""A second set of bugs, thought up from what real servers do wrong, without a look at what the examination asks."""
