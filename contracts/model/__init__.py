"""What the checks know of a contract: its resources, findings and known failures."""
