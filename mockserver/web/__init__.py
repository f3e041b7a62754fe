"""HTTP: the pipeline of one request, and the Connexion app that hosts it."""
