"""The admin API below `/_mock/`: an OpenAPI document (openapi.yaml), and a function for each of its operations."""
