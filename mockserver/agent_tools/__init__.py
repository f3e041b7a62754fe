"""Tools for agents (Model Context Protocol): they call, read and steer a running sandbox through its client."""
