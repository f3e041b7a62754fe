"""The fields of an item: generated, filled in, changed by an update, computed from others."""
