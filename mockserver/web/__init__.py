"""HTTP: the pipeline of one request, and the Connexion app that hosts it."""

import warnings

# Connexion imports Starlette's test client, which tells everybody who starts the sandbox to install another one for it.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`", category=UserWarning)
