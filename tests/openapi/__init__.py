"""How documents are read, checked and brought into one form."""
