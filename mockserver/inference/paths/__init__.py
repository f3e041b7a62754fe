"""What paths and their parameters say: collections, items, resource names, and what names an item otherwise."""
