"""Makes example values for schemas: valid, realistic, and the same for the same seed."""
