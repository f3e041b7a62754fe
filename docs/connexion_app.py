"""A Connexion app with all of Connexion's own layers, and the mock behind them."""

from connexion import AsyncApp

import mockserver

app = AsyncApp(__name__)
app.add_api("todo.yaml", resolver=mockserver.StatefulResolver(seed=1))
client = app.test_client()
