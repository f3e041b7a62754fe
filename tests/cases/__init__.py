"""Small documents after public reports, each with the behaviour that its reporter expected."""
