"""Side by side: the same requests to the mock and to a service, and every difference with the statement it concerns."""
