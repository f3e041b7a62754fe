"""Commands that steer a running sandbox, with the client of mockserver/client."""
