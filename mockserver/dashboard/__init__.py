"""The dashboard: one page of plain ES modules and CSS over the admin API, and the function that finds its files."""
