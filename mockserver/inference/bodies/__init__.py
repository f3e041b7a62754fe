"""What is in requests and replies: where the item is, what is around it, and the reply that an action gives."""
