"""Checks of lists: pages, totals, filters, searches and order."""
