"""A warehouse in FastAPI, whose document is the one that FastAPI writes: see `QUIRKS`."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from itertools import count
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field

TOKEN = "warehouse-token"
QUIRKS = {
    "page size": "a page has 4 parts, and no parameter changes that",
    "capacity": "the thirteenth part of a tenant gets 409",
    "tenant": "`X-Tenant` chooses whose parts they are",
    "ids": "numbers from 1, across tenants",
    "put": "PUT replaces: what is not sent gets its default",
    "key": "an access key is `whk_` and 32 hexadecimal digits, shown once",
    "time": "timestamps have microseconds and `+00:00`",
    "order": "the oldest part is listed first",
    "sku": "a SKU is stored in capitals",
}


class NewPart(BaseModel):
    sku: str = Field(min_length=3, max_length=12, pattern="^[A-Za-z0-9-]+$")
    quantity: int = Field(default=0, ge=0, le=10_000)
    note: str | None = Field(default=None, max_length=80)


class BodyPart(NewPart):
    id: int
    created_at: datetime


class PartPage(BaseModel):
    items: list[BodyPart]
    total: int
    page: int


class NewAccessKey(BaseModel):
    label: str = Field(min_length=1, max_length=30)


class AccessKey(NewAccessKey):
    id: int
    key: str | None = None


class Refused(BaseModel):
    detail: str


Tenant = Annotated[str, Header(alias="X-Tenant", min_length=1, max_length=20)]
REFUSED: dict[int | str, dict[str, Any]] = {status: {"model": Refused} for status in (401, 404, 409)}


def _token(credential: Annotated[Any, Depends(HTTPBearer())]) -> None:
    if credential.credentials != TOKEN:
        raise HTTPException(401, "Invalid token")


def warehouse() -> FastAPI:  # noqa: C901 - each route is a function in it
    """A warehouse without parts."""
    app = FastAPI(title="Warehouse", dependencies=[Depends(_token)])
    parts: dict[int, tuple[str, BodyPart]] = {}
    keys: dict[int, tuple[str, AccessKey]] = {}
    part_ids, key_ids = count(1), count(1)

    def own(tenant: str) -> list[BodyPart]:
        return [part for owner, part in parts.values() if owner == tenant]

    def part_of(tenant: str, part_id: int) -> BodyPart:
        owner, part = parts.get(part_id, ("", None))
        if part is None or owner != tenant:
            raise HTTPException(404, "BodyPart not found")
        return part

    @app.get("/parts", responses=REFUSED)
    def list_parts(
        tenant: Tenant, page: Annotated[int, Query(ge=1)] = 1, min_quantity: Annotated[int, Query(ge=0)] = 0
    ) -> PartPage:
        shown = [part for part in own(tenant) if part.quantity >= min_quantity]
        return PartPage(items=shown[(page - 1) * 4 : page * 4], total=len(shown), page=page)

    @app.post("/parts", status_code=201, responses=REFUSED)
    def create_part(tenant: Tenant, new: NewPart) -> BodyPart:
        if len(own(tenant)) >= 12:
            raise HTTPException(409, "The warehouse is full")
        part = BodyPart(id=next(part_ids), created_at=datetime.now(UTC), **_stored(new))
        parts[part.id] = (tenant, part)
        return part

    @app.get("/parts/{part_id}", responses=REFUSED)
    def read_part(tenant: Tenant, part_id: int) -> BodyPart:
        return part_of(tenant, part_id)

    @app.put("/parts/{part_id}", responses=REFUSED)
    def replace_part(tenant: Tenant, part_id: int, new: NewPart) -> BodyPart:
        old = part_of(tenant, part_id)
        part = BodyPart(id=part_id, created_at=old.created_at, **_stored(new))
        parts[part_id] = (tenant, part)
        return part

    @app.delete("/parts/{part_id}", status_code=204, responses=REFUSED)
    def delete_part(tenant: Tenant, part_id: int) -> Response:
        part_of(tenant, part_id)
        del parts[part_id]
        return Response(status_code=204)

    @app.get("/access-keys", responses=REFUSED)
    def list_access_keys(tenant: Tenant) -> list[AccessKey]:
        return [key for owner, key in keys.values() if owner == tenant]

    @app.post("/access-keys", status_code=201, responses=REFUSED)
    def create_access_key(tenant: Tenant, new: NewAccessKey) -> AccessKey:
        key = AccessKey(id=next(key_ids), label=new.label)
        keys[key.id] = (tenant, key)
        return key.model_copy(update={"key": f"whk_{secrets.token_hex(16)}"})

    @app.delete("/access-keys/{key_id}", status_code=204, responses=REFUSED)
    def delete_access_key(tenant: Tenant, key_id: int) -> Response:
        if keys.get(key_id, ("", None))[0] != tenant:
            raise HTTPException(404, "Key not found")
        del keys[key_id]
        return Response(status_code=204)

    return app


def _stored(new: NewPart) -> dict[str, Any]:
    return {**new.model_dump(), "sku": new.sku.upper()}
