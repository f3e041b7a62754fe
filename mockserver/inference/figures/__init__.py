"""Numbers and dates that follow from other items or other fields."""
