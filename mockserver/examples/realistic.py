"""Realistic texts of many kinds: names, addresses, dates, URLs.

An own table and not Faker, whose import takes longer than reading most documents (docs/adr/0004-example-values.md).
Every function takes the source of randomness and returns one value. No clock is read: values are from 2024, and what
comes later (`updated_at`) is from 2025, so that both are in order.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from random import Random
from typing import Final
from uuid import UUID

from mockserver.examples.draws import between, choice
from mockserver.examples.sample_words import CITIES, COMPANIES, COUNTRIES, FILES, FIRST, LAST, SENTENCES, STREETS, WORDS

Maker = Callable[[Random], str]


def word(random: Random) -> str:
    return choice(random, WORDS)


def title(random: Random) -> str:
    return f"{choice(random, WORDS).title()} {choice(random, WORDS).title()}"


def slug(random: Random) -> str:
    return f"{choice(random, WORDS)}-{choice(random, WORDS)}"


def sentence(random: Random) -> str:
    return choice(random, SENTENCES)


def person(random: Random) -> str:
    return f"{choice(random, FIRST)} {choice(random, LAST)}"


def login(random: Random) -> str:
    return f"{choice(random, FIRST)}.{choice(random, LAST)}".lower()


def email(random: Random) -> str:
    return f"{login(random)}@example.com"


def uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def identifier(random: Random) -> str:
    return f"{random.getrandbits(48):012x}"


def hexadecimal(random: Random) -> str:
    return f"{random.getrandbits(160):040x}"


def date(random: Random) -> str:
    return f"2024-{between(random, 1, 12):02}-{between(random, 1, 28):02}"


def time(random: Random) -> str:
    return f"{between(random, 0, 23):02}:{between(random, 0, 59):02}:{between(random, 0, 59):02}Z"


def date_time(random: Random) -> str:
    return f"{date(random)}T{time(random)}"


def later(random: Random) -> str:
    return f"2025{date_time(random)[4:]}"


def duration(random: Random) -> str:
    return f"PT{between(random, 1, 59)}M"


def host(random: Random) -> str:
    return f"{choice(random, WORDS)}.example.com"


def url(random: Random) -> str:
    return f"https://example.com/{slug(random)}"


def image(random: Random) -> str:
    return f"https://example.com/{choice(random, WORDS)}.png"


def path(random: Random) -> str:
    return f"/{choice(random, WORDS)}/{choice(random, WORDS)}"


def uri_reference(random: Random) -> str:
    return path(random)


def uri_template(random: Random) -> str:
    return f"https://example.com/{choice(random, WORDS)}/{{id}}"


def ipv4(random: Random) -> str:
    return f"192.0.2.{between(random, 1, 254)}"


def ipv6(random: Random) -> str:
    return f"2001:db8::{between(random, 1, 0xFFFF):x}"


def phone(random: Random) -> str:
    return f"+1555{between(random, 0, 9_999_999):07}"


def base64_text(random: Random) -> str:
    return base64.b64encode(slug(random).encode()).decode()


def regex(random: Random) -> str:
    return f"^{choice(random, WORDS)}$"


def relative_pointer(random: Random) -> str:
    return f"{between(random, 0, 3)}/{choice(random, WORDS)}"


def color(random: Random) -> str:
    return f"#{random.getrandbits(24):06x}"


def version(random: Random) -> str:
    return f"{between(random, 1, 5)}.{between(random, 0, 9)}.{between(random, 0, 9)}"


def address(random: Random) -> str:
    return f"{between(random, 1, 99)} {choice(random, STREETS)}"


def postcode(random: Random) -> str:
    return f"{between(random, 10_000, 99_999)}"


def password(random: Random) -> str:
    return f"{choice(random, WORDS).title()}-{between(random, 1000, 9999)}!"


def token(random: Random) -> str:
    return f"{random.getrandbits(128):032x}"


def amount(random: Random) -> str:
    return f"{between(random, 1, 99)}.{between(random, 0, 99):02}"


def any_of(*values: str) -> Maker:
    """One of fixed values."""
    return lambda random: choice(random, values)


FORMATS: Final[dict[str, Maker]] = {
    "base64url": identifier,
    "binary": sentence,
    "byte": base64_text,
    "date": date,
    "date-time": date_time,
    "decimal": amount,
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
"""String format of JSON Schema 2020-12 or of the OpenAPI format registry → a function that makes such a value."""

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
"""Last words of a property's name → a function that makes such a value."""
