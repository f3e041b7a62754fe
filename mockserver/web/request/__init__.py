"""Reading a request: route, credentials, parameters, body."""
