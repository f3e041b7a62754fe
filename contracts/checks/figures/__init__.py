"""Checks of figures that follow from other items or fields: counts, sums, means, stock, waiting lists."""
