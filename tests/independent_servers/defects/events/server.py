import os
import sqlite3
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, BeforeValidator, Field, StrictInt, StrictStr
from starlette.exceptions import HTTPException as StarletteHTTPException

DEFECT = os.environ.get("DEFECT") == "1"
TOKENS = {"ev-7c1f-ann": "ann", "ev-02be-bob": "bob"}

conn = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
conn.row_factory = sqlite3.Row
conn.execute("create table event (slug text primary key, title text, price_cents int, description text, organiser text)")
conn.execute("create table guest (slug text, name text, primary key (slug, name))")

app = FastAPI(title="Neighbourhood Events", openapi_url=None)
bearer = HTTPBearer(auto_error=False)


def current_user(cred: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str:
    if cred is None or cred.credentials not in TOKENS:
        raise HTTPException(401, "Token missing or not valid", {"WWW-Authenticate": "Bearer"})
    return TOKENS[cred.credentials]


User = Annotated[str, Depends(current_user)]
Cents = Annotated[StrictInt, BeforeValidator(lambda v: int(v) if isinstance(v, float) and v.is_integer() else v)]


class EventIn(BaseModel):
    slug: StrictStr = Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)
    title: StrictStr = Field(min_length=1, max_length=120)
    price_cents: Cents = Field(ge=0, le=100_000)
    description: StrictStr = Field("", max_length=2000)


class Event(BaseModel):
    slug: str
    title: str
    price_cents: int
    description: str
    organiser: str
    guests: list[str]


class Guest(BaseModel):
    name: StrictStr = Field(min_length=1, max_length=60)


def load(slug: str) -> Event:
    row = conn.execute("select * from event where slug = ?", (slug,)).fetchone()
    if row is None:
        raise HTTPException(404, "No such event")
    guests = [g["name"] for g in conn.execute("select name from guest where slug = ? order by rowid", (slug,))]
    return Event(**row, guests=guests)


@app.get("/events")
async def list_events(user: User, free_only: bool = False) -> list[Event]:
    slugs = [r["slug"] for r in conn.execute("select slug from event order by rowid")]
    return [e for e in map(load, slugs) if not free_only or e.price_cents == 0]


@app.post("/events", status_code=201)
async def create_event(user: User, body: EventIn) -> Event:
    try:
        conn.execute("insert into event values (?, ?, ?, ?, ?)",
                     (body.slug, body.title, body.price_cents, body.description, user))
    except sqlite3.IntegrityError:
        if DEFECT:
            raise HTTPException(500, "Internal Server Error")
        raise HTTPException(409, "The slug is taken by another event")
    return load(body.slug)


@app.get("/events/{slug}")
async def get_event(user: User, slug: str) -> Event:
    return load(slug)


@app.delete("/events/{slug}", status_code=204)
async def delete_event(user: User, slug: str):
    if load(slug).organiser != user:
        raise HTTPException(403, "The caller is not the organiser")
    conn.execute("delete from guest where slug = ?", (slug,))
    conn.execute("delete from event where slug = ?", (slug,))
    return Response(status_code=204)


@app.post("/events/{slug}/guests", status_code=201)
async def announce_guest(user: User, slug: str, body: Guest) -> Event:
    if body.name in load(slug).guests:
        raise HTTPException(409, "The name is on the list already")
    conn.execute("insert into guest values (?, ?)", (slug, body.name))
    return load(slug)


@app.exception_handler(RequestValidationError)
async def invalid(request: Request, exc: RequestValidationError):
    return JSONResponse({"detail": [{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in exc.errors()]}, 422)


@app.exception_handler(StarletteHTTPException)
async def http_error(request: Request, exc: StarletteHTTPException):
    headers = dict(exc.headers or {})
    if exc.status_code == 400:
        return JSONResponse({"detail": [{"loc": ["body"], "msg": exc.detail, "type": "json_invalid"}]}, 422)
    if exc.status_code == 405:
        path = request.url.path
        headers["Allow"] = "GET, POST" if path == "/events" else "POST" if path.endswith("/guests") else "DELETE, GET"
    return JSONResponse({"detail": exc.detail}, exc.status_code, headers)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="critical")
