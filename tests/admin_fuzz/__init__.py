"""Random requests to the admin API: none may cause a server error, and the sandbox must answer afterwards."""
