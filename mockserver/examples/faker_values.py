"""Values of `x-faker`, made by the package Faker, which is an optional extra."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib import import_module
from random import Random
from typing import Any

from mockserver.openapi.faker_names import TEMPLATE, functions, is_installed, method_of


def faker_value(wanted: Any, random: Random) -> Any:
    """A value as `x-faker` wants it, the same for the same random numbers; None without one."""
    named = list(functions(wanted))
    if not named or not is_installed() or not all(map(method_of, named)):
        return None
    maker = _faker()
    maker.seed_instance(random.getrandbits(32))
    template = next(iter(wanted)) if isinstance(wanted, dict) else wanted
    if TEMPLATE.search(template):
        return TEMPLATE.sub(lambda found: str(_made(maker, found[1])), template)
    return _made(maker, template)


@cache
def _faker() -> Any:
    return import_module("faker").Faker()


def _made(maker: Any, function: str) -> Any:
    value = getattr(maker, method_of(function))()
    if isinstance(value, list):
        return " ".join(value)
    return float(value) if isinstance(value, Decimal) else value
