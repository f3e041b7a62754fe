"""The pytest plugin: mock fixtures, and `pytest --contract`."""
