"""The pytest plugin of the mock: the fixtures `mock_api` and `mock_api_port`."""
