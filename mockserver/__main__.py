"""`python -m mockserver`."""

from mockserver.cli.commands import main

main()
