"""HTTP: the pipeline of one request, and the Connexion app that hosts it."""

import warnings

# Connexion imports Starlette's test client, which would warn every user that it wants another HTTP client.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`", category=UserWarning)
