"""What lists show: pages, filters, order."""
