"""`x-faker`, by which a schema names a function of faker.js: `person.firstName`, or `{{person.firstName}} & Sons`.

Prism and json-schema-faker read it. Here each function is one of the package Faker, which is for Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

from mockserver.lazy_pattern import lazy_pattern

KEY = "x-faker"

TEMPLATE = lazy_pattern(r"\{\{\s*([^{}\s]+)\s*\}\}")
"""A function in a text, as `helpers.fake` of faker.js takes it."""

METHODS = {
    "firstName": "first_name", "lastName": "last_name", "middleName": "first_name", "fullName": "name",
    "findName": "name", "prefix": "prefix", "suffix": "suffix", "jobTitle": "job",
    "email": "email", "exampleEmail": "safe_email", "userName": "user_name", "username": "user_name",
    "displayName": "user_name", "password": "password", "url": "url", "domainName": "domain_name",
    "domainWord": "domain_word", "domainSuffix": "tld", "ip": "ipv4", "ipv4": "ipv4", "ipv6": "ipv6",
    "mac": "mac_address", "userAgent": "user_agent", "httpMethod": "http_method", "avatar": "image_url",
    "imageUrl": "image_url", "rgb": "hex_color", "internet.color": "hex_color", "human": "color_name",
    "city": "city", "cityName": "city", "country": "country", "countryCode": "country_code", "state": "state",
    "stateAbbr": "state_abbr", "street": "street_name", "streetName": "street_name",
    "streetAddress": "street_address", "secondaryAddress": "secondary_address", "zipCode": "postcode",
    "buildingNumber": "building_number", "latitude": "latitude", "longitude": "longitude", "timeZone": "timezone",
    "phoneNumber": "phone_number", "phone.number": "phone_number", "imei": "msisdn",
    "companyName": "company", "company.name": "company", "companySuffix": "company_suffix",
    "catchPhrase": "catch_phrase", "bs": "bs", "buzzPhrase": "bs",
    "word": "word", "words": "words", "slug": "slug", "sentence": "sentence", "sentences": "sentences",
    "paragraph": "paragraph", "paragraphs": "paragraphs", "text": "text", "lines": "text",
    "uuid": "uuid4", "iban": "iban", "bic": "swift", "account": "bban", "accountNumber": "bban",
    "creditCardNumber": "credit_card_number", "creditCardCVV": "credit_card_security_code",
    "currencyCode": "currency_code", "currencyName": "currency_name", "currencySymbol": "currency_symbol",
    "fileName": "file_name", "fileExt": "file_extension", "filePath": "file_path", "mimeType": "mime_type",
    "vin": "vin", "vrm": "license_plate", "isbn": "isbn13", "emoji": "emoji",
}  # fmt: skip
"""Function of faker.js, with its module where another one has the same name → method of Faker."""

BY_SCHEMA = frozenset(("datatype", "number", "random", "string", "date", "time"))
"""Modules whose values need no names: their schemas say what they are. A time of Faker depends on the day."""


def functions(value: Any) -> Iterator[str]:
    """The functions that a value of `x-faker` names; of an object, whose values are arguments, its first key."""
    text = next(iter(value), "") if isinstance(value, dict) else value
    if isinstance(text, str):
        yield from TEMPLATE.findall(text) or [text]


def method_of(function: str) -> str:
    """The method of Faker for a function of faker.js; empty if there is none."""
    module, _, name = function.removeprefix("faker.").rpartition(".")
    if module in BY_SCHEMA and name not in ("uuid", "word", "words"):
        return ""
    return METHODS.get(f"{module}.{name}") or METHODS.get(name, "")


@cache
def is_installed() -> bool:
    """Can values be made at all?"""
    return find_spec("faker") is not None


def problem(value: Any) -> str:
    """Why a value of `x-faker` has no effect, in a sentence; empty if it has one."""
    named = list(functions(value))
    unknown = [one for one in named if not method_of(one) and one.partition(".")[0] not in BY_SCHEMA]
    if unknown or not named:
        what = f"`{unknown[0]}` has no counterpart in Faker" if unknown else "it must be the name of a function"
        return f"`{KEY}` has no effect: {what}; write such as `person.firstName`"
    if not is_installed():
        return f"`{KEY}` has no effect: it needs Faker: pip install 'mockserver[faker]'"
    return ""
