"""Realistic values by format and by the name of the property.

An own table instead of Faker, whose import takes longer than reading most documents (docs/adr/0004-example-values.md).
Every function takes the source of chance and gives one value; no clock is read: what was created, was created in 2024.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Final
from uuid import UUID

Maker = Callable[[Random], str]

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
    "amber",
    "bridge",
    "cedar",
    "delta",
    "ember",
    "falcon",
    "garden",
    "harbor",
    "island",
    "juniper",
    "kernel",
    "lantern",
    "meadow",
    "north",
    "orchid",
    "prairie",
    "quartz",
    "river",
    "summit",
    "timber",
    "umbrella",
    "valley",
    "willow",
    "zenith",
)
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


def word(random: Random) -> str:
    return random.choice(WORDS)


def title(random: Random) -> str:
    return f"{random.choice(WORDS).title()} {random.choice(WORDS).title()}"


def slug(random: Random) -> str:
    return f"{random.choice(WORDS)}-{random.choice(WORDS)}"


def sentence(random: Random) -> str:
    return random.choice(SENTENCES)


def person(random: Random) -> str:
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def login(random: Random) -> str:
    return f"{random.choice(FIRST)}.{random.choice(LAST)}".lower()


def email(random: Random) -> str:
    return f"{login(random)}@example.com"


def uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def identifier(random: Random) -> str:
    return f"{random.getrandbits(48):012x}"


def hexadecimal(random: Random) -> str:
    return f"{random.getrandbits(160):040x}"


def date(random: Random) -> str:
    return f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


def time(random: Random) -> str:
    return f"{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}Z"


def date_time(random: Random) -> str:
    return f"{date(random)}T{time(random)}"


def later(random: Random) -> str:
    return f"2025{date_time(random)[4:]}"


def duration(random: Random) -> str:
    return f"PT{random.randint(1, 59)}M"


def host(random: Random) -> str:
    return f"{random.choice(WORDS)}.example.com"


def url(random: Random) -> str:
    return f"https://example.com/{slug(random)}"


def image(random: Random) -> str:
    return f"https://example.com/{random.choice(WORDS)}.png"


def path(random: Random) -> str:
    return f"/{random.choice(WORDS)}/{random.choice(WORDS)}"


def uri_reference(random: Random) -> str:
    return path(random)


def uri_template(random: Random) -> str:
    return f"https://example.com/{random.choice(WORDS)}/{{id}}"


def ipv4(random: Random) -> str:
    return f"192.0.2.{random.randint(1, 254)}"


def ipv6(random: Random) -> str:
    return f"2001:db8::{random.randint(1, 0xFFFF):x}"


def phone(random: Random) -> str:
    return f"+1555{random.randint(0, 9_999_999):07}"


def base64_text(random: Random) -> str:
    return base64.b64encode(slug(random).encode()).decode()


def regex(random: Random) -> str:
    return f"^{random.choice(WORDS)}$"


def relative_pointer(random: Random) -> str:
    return f"{random.randint(0, 3)}/{random.choice(WORDS)}"


def color(random: Random) -> str:
    return f"#{random.getrandbits(24):06x}"


def version(random: Random) -> str:
    return f"{random.randint(1, 5)}.{random.randint(0, 9)}.{random.randint(0, 9)}"


def address(random: Random) -> str:
    return f"{random.randint(1, 99)} {random.choice(STREETS)}"


def postcode(random: Random) -> str:
    return f"{random.randint(10_000, 99_999)}"


def password(random: Random) -> str:
    return f"{random.choice(WORDS).title()}-{random.randint(1000, 9999)}!"


def token(random: Random) -> str:
    return f"{random.getrandbits(128):032x}"


def any_of(*values: str) -> Maker:
    """One of fixed values."""
    return lambda random: random.choice(values)


FORMATS: Final[dict[str, Maker]] = {
    "base64url": identifier,
    "binary": sentence,
    "byte": base64_text,
    "date": date,
    "date-time": date_time,
    "duration": duration,
    "email": email,
    "hostname": host,
    "html": any_of("<p>Ready to be used.</p>"),
    "http-date": any_of("Mon, 15 Jul 2024 10:30:00 GMT"),
    "idn-email": email,
    "idn-hostname": host,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "iri": url,
    "iri-reference": uri_reference,
    "json-pointer": path,
    "password": password,
    "regex": regex,
    "relative-json-pointer": relative_pointer,
    "time": time,
    "uri": url,
    "uri-reference": uri_reference,
    "uri-template": uri_template,
    "url": url,
    "uuid": uuid,
}
"""The formats of JSON Schema 2020-12 and of the OpenAPI format registry that are strings."""

NAMES: Final[dict[str, Maker]] = {
    "address": address,
    "answer": sentence,
    "author": person,
    "avatar": image,
    "bio": sentence,
    "blog": url,
    "body": sentence,
    "branch": any_of("main", "develop"),
    "city": any_of(*CITIES),
    "code": word,
    "color": color,
    "colour": color,
    "comment": sentence,
    "company": any_of(*COMPANIES),
    "content": sentence,
    "country": any_of(*COUNTRIES),
    "currency": any_of("EUR", "USD", "GBP", "JPY"),
    "cursor": identifier,
    "date": date,
    "description": sentence,
    "detail": sentence,
    "domain": host,
    "email": email,
    "environment": any_of("production", "staging"),
    "etag": token,
    "file": any_of(*FILES),
    "filename": any_of(*FILES),
    "firstname": any_of(*FIRST),
    "gender": any_of("female", "male", "other"),
    "guid": uuid,
    "hash": hexadecimal,
    "host": host,
    "hostname": host,
    "icon": image,
    "id": identifier,
    "image": image,
    "input": sentence,
    "ip": ipv4,
    "key": slug,
    "kind": word,
    "label": word,
    "language": any_of("en", "de", "ja", "pt"),
    "lastname": any_of(*LAST),
    "link": url,
    "location": any_of(*CITIES),
    "locale": any_of("en-US", "de-DE", "ja-JP"),
    "login": login,
    "logo": image,
    "message": sentence,
    "mime": any_of("application/json", "image/png", "text/plain"),
    "model": slug,
    "name": title,
    "note": sentence,
    "organization": any_of(*COMPANIES),
    "owner": login,
    "password": password,
    "path": path,
    "phone": phone,
    "postcode": postcode,
    "prompt": sentence,
    "query": sentence,
    "question": sentence,
    "reason": sentence,
    "region": any_of("eu-central-1", "us-east-1", "ap-northeast-1"),
    "role": any_of("admin", "member", "viewer"),
    "secret": token,
    "sha": hexadecimal,
    "slug": slug,
    "snippet": sentence,
    "state": any_of("active", "inactive"),
    "status": any_of("active", "inactive"),
    "street": address,
    "subject": title,
    "summary": sentence,
    "surname": any_of(*LAST),
    "tag": word,
    "text": sentence,
    "timestamp": date_time,
    "timezone": any_of("Europe/Berlin", "America/Toronto", "Asia/Tokyo"),
    "title": title,
    "token": token,
    "type": word,
    "uri": url,
    "url": url,
    "user": login,
    "username": login,
    "uuid": uuid,
    "version": version,
    "website": url,
    "zip": postcode,
    "zipcode": postcode,
}
"""By the last words of a property's name, however it is written."""

PEOPLE: Final = frozenset({"author", "contact", "customer", "full", "fullname", "person", "user"})
LATER: Final = frozenset({"deleted", "end", "ended", "expires", "expiry", "finished", "modified", "updated", "until"})
BOUNDS: Final = frozenset({"max", "maximum", "min", "minimum"})
MOMENTS: Final = frozenset({"at", "on", "time", "datetime"})
NUMBERS: Final[dict[str, tuple[int, int]]] = {
    "age": (18, 90),
    "amount": (1, 500),
    "count": (0, 50),
    "created": (1_704_067_200, 1_735_689_599),
    "day": (1, 28),
    "height": (100, 2000),
    "hour": (0, 23),
    "index": (0, 10),
    "lat": (-85, 85),
    "latitude": (-85, 85),
    "limit": (10, 100),
    "lng": (-180, 180),
    "lon": (-180, 180),
    "longitude": (-180, 180),
    "max": (100, 1000),
    "maximum": (100, 1000),
    "min": (0, 10),
    "minimum": (0, 10),
    "minute": (0, 59),
    "month": (1, 12),
    "offset": (0, 0),
    "page": (1, 1),
    "percent": (0, 100),
    "percentage": (0, 100),
    "port": (1024, 49_151),
    "price": (1, 500),
    "probability": (0, 1),
    "quantity": (1, 20),
    "rating": (1, 5),
    "score": (0, 100),
    "size": (1, 4096),
    "temperature": (0, 1),
    "timestamp": (1_704_067_200, 1_735_689_599),
    "total": (1, 500),
    "width": (100, 2000),
    "year": (2000, 2024),
}


@lru_cache(4096)
def parts(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `createdAt` and `created_at` are both created, at."""
    return tuple(re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).replace("_", " ").replace("-", " ").lower().split())


@lru_cache(4096)
def by_name(name: str) -> Maker:
    """What a string property of this name usually holds; some word where the name says nothing."""
    words = parts(name) or ("",)
    last = words[-1]
    if len(words) > 1 and last in MOMENTS:
        return later if LATER & set(words) else date_time
    if last == "name" and len(words) > 1:
        return _named(words)
    return NAMES.get("".join(words[-2:])) or NAMES.get(last) or NAMES.get(last.removesuffix("s")) or word


def _named(words: tuple[str, ...]) -> Maker:
    whole = NAMES.get("".join(words[-2:]))
    return whole or (person if PEOPLE & set(words) else title)


@lru_cache(4096)
def by_format(name: str, format_: str) -> Maker:
    """What a string of this format and name usually is; an unknown format is read like a name."""
    if format_ == "date-time" and LATER & set(parts(name)):
        return later
    if format_ in ("uri", "url") and {"avatar", "image", "logo", "icon", "picture"} & set(parts(name)):
        return image
    known = FORMATS.get(format_)
    return known or (by_name(format_) if parts(format_)[-1:] and parts(format_)[-1] in NAMES else by_name(name))


@lru_cache(4096)
def window(name: str) -> tuple[int, int]:
    """The least and the greatest number that a property of this name usually holds."""
    words = parts(name) or ("",)
    if len(words) > 1 and words[-1] in MOMENTS:
        return NUMBERS["timestamp"]
    return NUMBERS.get(words[0] if words[0] in BOUNDS else words[-1], (1, 1000))


def singular(name: str) -> str:
    """The name of one of many: `tags` holds a `tag`."""
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
