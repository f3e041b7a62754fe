"""What a document lets one infer about behaviour: its resources, and what its operations do.

OpenAPI says what messages look like. Paths, methods, the names of parameters and properties, and the schemas say enough
to begin with: what is a collection, what is an item, which property is its id. Every statement has a note with its
reason, so that a reader can correct it. Its evidence is `inferred` for a guess, `implied` for what follows from the
document by itself, and `described` for what a sentence of the document says.
"""
