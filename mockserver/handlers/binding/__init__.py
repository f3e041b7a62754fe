"""What is compiled once, when a document is loaded: resources and operations, with what their handlers need."""
