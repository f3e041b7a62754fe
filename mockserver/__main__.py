"""`python -m mockserver`."""

from mockserver_start.command import main

main()
