"""How the command and the pytest plugin start: they look whether the files of this product are all its own."""
