"""Values for schemas: the document's own example, else a valid and plausible value that comes out the same again."""
