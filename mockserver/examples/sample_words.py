"""Names and words that realistic values are made of."""

from __future__ import annotations

from typing import Final

FIRST: Final = (
    "Ada",
    "Alan",
    "Barbara",
    "Edsger",
    "Grace",
    "Hedy",
    "Katherine",
    "Linus",
    "Margaret",
    "Niklaus",
    "Radia",
    "Tim",
)
LAST: Final = (
    "Lovelace",
    "Turing",
    "Liskov",
    "Dijkstra",
    "Hopper",
    "Lamarr",
    "Johnson",
    "Torvalds",
    "Hamilton",
    "Wirth",
    "Perlman",
    "Lee",
)
WORDS: Final = (
    "amber", "bridge", "cedar", "delta", "ember", "falcon", "garden", "harbor", "island", "juniper", "kernel",
    "lantern", "meadow", "north", "orchid", "prairie", "quartz", "river", "summit", "timber", "umbrella",
    "valley", "willow", "zenith",
)  # fmt: skip
COMPANIES: Final = ("Acme Corp", "Globex", "Initech", "Northwind", "Umbrella Labs", "Hooli", "Contoso", "Vandelay")
CITIES: Final = ("Berlin", "Lisbon", "Nairobi", "Osaka", "Toronto", "Wellington", "Montevideo", "Oslo")
STREETS: Final = ("Main Street", "Harbor Road", "Orchard Lane", "Station Square", "Mill Hill")
COUNTRIES: Final = ("DE", "PT", "KE", "JP", "CA", "NZ", "UY", "NO")
SENTENCES: Final = (
    "A short note about what this is for.",
    "Keeps everything the team needs in one place.",
    "Created while trying things out.",
    "The quick brown fox jumps over the lazy dog.",
    "Ready to be used.",
)
FILES: Final = ("report.pdf", "notes.txt", "photo.png", "data.csv", "invoice.pdf")
