"""Documents: how they are read, judged and brought into one form."""
