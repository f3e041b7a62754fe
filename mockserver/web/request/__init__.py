"""Reading a request: route, authentication, parameters, body."""
