"""Playlists service (FastAPI)."""
import base64
import json
import math
import os
import random
import re
import threading
from datetime import datetime, timezone
from typing import Annotated, Literal, Optional

import jwt
from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from starlette.exceptions import HTTPException as StarletteHTTPException

BUG = os.environ.get("BUG", "")
JWT_KEY = "vinyl-crackle-and-a-cup-of-tea-at-midnight"

app = FastAPI(
    title="Playlists",
    version="0.9.2",
    description="Playlists and their tracks. A playlist belongs to the user who created it (`sub` of the token). "
                "Playlists of other users, and their tracks, are answered with 404.",
    openapi_url=None, redirect_slashes=False,
)
lock = threading.RLock()
store: dict = {}
counter = {"playlist": 0}


# ----------------------------------------------------------------- responses
class AsciiJSON(JSONResponse):
    def render(self, content):
        return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()


def printable(x):
    if isinstance(x, float) and not math.isfinite(x):
        return str(x)
    if isinstance(x, dict):
        return {k: printable(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [printable(v) for v in x]
    return x


@app.exception_handler(RequestValidationError)
async def invalid(request, exc):
    return AsciiJSON({"detail": printable(jsonable_encoder(exc.errors()))}, 422)


@app.exception_handler(StarletteHTTPException)
async def http_error(request, exc):
    headers = dict(exc.headers or {})
    if exc.status_code == 405:
        found = {m for pattern, ms in METHODS for m in ms if pattern.fullmatch(request.scope["path"])}
        headers["Allow"] = ", ".join(sorted(found))
    return AsciiJSON({"detail": exc.detail}, exc.status_code, headers)


# -------------------------------------------------------------------- fields
def whole(v):
    if isinstance(v, float) and math.isfinite(v) and v == int(v):
        return int(v)
    if isinstance(v, bool) or not isinstance(v, int):
        raise ValueError("Input should be a valid integer")
    return v


def whole_text(v):
    if isinstance(v, str):
        if not re.fullmatch("-?[0-9]{1,18}", v):
            raise ValueError("Input should be a valid integer")
        return int(v)
    return v


Slug = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=40, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
Title = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(strict=True, max_length=400)]
Tag = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=24)]
Tags = Annotated[list[Tag], Field(max_length=8)]
Mood = Literal["calm", "upbeat", "dark", "romantic"]
Year = Annotated[int, Field(ge=1900, le=2100), BeforeValidator(whole)]
Seconds = Annotated[int, Field(ge=1, le=7200), BeforeValidator(whole)]


def optional(**kw):
    return Field(default=None, json_schema_extra=lambda s: s.pop("default", None), **kw)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlaylistReplace(Body):
    title: Title
    description: Optional[Text] = None
    mood: Mood = "calm"
    tags: Tags = []


class PlaylistCreate(PlaylistReplace):
    slug: Slug = Field(description="Chosen by you; unique among all playlists and free again once its playlist is deleted.")


class PlaylistUpdate(Body):
    title: Title = optional()
    description: Optional[Text] = optional()
    mood: Mood = optional()
    tags: Tags = optional()


class Playlist(BaseModel):
    slug: Slug
    owner: str
    title: Title
    description: Optional[Text] = Field()
    mood: Mood
    tags: Tags
    track_count: int = Field(ge=0, description="Number of tracks in the playlist now.")
    total_seconds: int = Field(ge=0, description="Sum of the lengths of the tracks.")
    created_at: datetime


class PlaylistPage(BaseModel):
    playlists: list[Playlist]
    next_page_token: Optional[str] = Field(description="Null on the last page.")


class TrackWrite(Body):
    title: Title
    artist: Title
    seconds: Seconds
    year: Optional[Year] = None


class TrackUpdate(Body):
    title: Title = optional()
    artist: Title = optional()
    seconds: Seconds = optional()
    year: Optional[Year] = optional()


if BUG == "null_title_crashes":
    class TrackUpdate(Body):  # noqa: F811
        title: Optional[Title] = None
        artist: Title = optional()
        seconds: Seconds = optional()
        year: Optional[Year] = optional()


class Track(BaseModel):
    id: int = Field(ge=1, description="Unique within the playlist. The id of a deleted track is not given out again.")
    title: Title
    artist: Title
    seconds: Seconds
    year: Optional[Year] = Field()


class TrackPage(BaseModel):
    tracks: list[Track]
    next_page_token: Optional[str] = Field(description="Null on the last page.")


class Me(BaseModel):
    username: str
    playlist_count: int


class Problem(BaseModel):
    detail: str


# ---------------------------------------------------------------------- auth
bearer = HTTPBearer(bearerFormat="JWT", scheme_name="JwtBearer", auto_error=False,
                    description="HS256-signed JWT with the user name in `sub`. Unsigned tokens are refused.")


def current_user(cred: Annotated[Optional[HTTPAuthorizationCredentials], Depends(bearer)]) -> str:
    try:
        token = cred.credentials
        if BUG == "unsigned_token_accepted" and jwt.get_unverified_header(token).get("alg", "").lower() == "none":
            claims = jwt.decode(token, options={"verify_signature": False})
        else:
            claims = jwt.decode(token, JWT_KEY, algorithms=["HS256"], options={"require": ["exp", "sub"]})
        if claims.get("sub") in ("ann", "bob"):
            return claims["sub"]
    except (AttributeError, jwt.InvalidTokenError, ValueError):
        pass
    raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"})


User = Annotated[str, Depends(current_user)]
SlugPath = Annotated[Slug, Path()]
TrackPath = Annotated[int, Path(ge=1), BeforeValidator(whole_text)]
PageSize = Annotated[int, Query(ge=1, le=50, description="Greatest number of items in the answer."), BeforeValidator(whole_text)]
PageToken = Annotated[Optional[str], Query(json_schema_extra=lambda s: (s.clear(), s.update(type="string", title="Page Token")),
                                           description="`next_page_token` of the previous answer, with the same filter and sort.")]

E401 = {401: {"model": Problem, "description": "No valid token",
              "headers": {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}}}
E400B = {400: {"model": Problem, "description": "The body could not be read"}}
E400P = {400: {"model": Problem, "description": "Unknown page token"}}
E404 = {404: {"model": Problem, "description": "Not found, or not yours"}}
E409 = {409: {"model": Problem, "description": "The slug is taken"}}
LOCATION = {"headers": {"Location": {"required": True, "schema": {"type": "string"}}}}


# ------------------------------------------------------------------- helpers
def own(slug, user):
    p = store.get(slug)
    if p is None or p["owner"] != user:
        raise HTTPException(404, "Playlist not found")
    return p


def own_track(slug, track_id, user):
    p = own(slug, user)
    for t in p["tracks"]:
        if t["id"] == track_id:
            return p, t
    raise HTTPException(404, "Track not found")


def show(p):
    total = sum(t["seconds"] for t in p["tracks"])
    if BUG == "null_total_when_empty" and not p["tracks"]:
        total = None
    return {"slug": p["slug"], "owner": p["owner"], "title": p["title"], "description": p["description"], "mood": p["mood"],
            "tags": p["tags"], "track_count": len(p["tracks"]), "total_seconds": total, "created_at": p["created_at"]}


def make_token(kind, n):
    return base64.urlsafe_b64encode(f"{kind}.{n}".encode()).decode().rstrip("=")


def read_token(kind, token):
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode("ascii")
        m = re.fullmatch(kind + r"\.([0-9]{1,9})", text)
        if m:
            return int(m[1])
    except ValueError:
        pass
    raise HTTPException(400, "Unknown page token")


# -------------------------------------------------------------------- routes
@app.get("/me", response_model=Me, tags=["users"], responses=E401, summary="Who am I")
def read_me(user: User):
    return AsciiJSON({"username": user, "playlist_count": sum(p["owner"] == user for p in store.values())})


@app.get("/playlists", response_model=PlaylistPage, tags=["playlists"], responses={**E400P, **E401}, summary="List your playlists")
def list_playlists(user: User, page_size: PageSize = 10, page_token: PageToken = None,
                   mood: Annotated[Mood, Query(description="Only playlists of this mood.", json_schema_extra=lambda s: s.pop("default", None))] = None):
    """Returns the playlists of the authenticated user, oldest first."""
    with lock:
        after = read_token("p", page_token) if page_token is not None else 0
        rows = [p for p in store.values() if p["owner"] == user and p["seq"] > after]
        if mood is not None:
            rows = [p for p in rows if p["mood"] == mood]
            if BUG == "page_size_ignored_with_mood":
                return AsciiJSON({"playlists": [show(p) for p in rows], "next_page_token": None})
        page = rows[:page_size]
        more = len(rows) > page_size
        return AsciiJSON({"playlists": [show(p) for p in page],
                          "next_page_token": make_token("p", page[-1]["seq"]) if more else None})


@app.post("/playlists", status_code=201, response_model=Playlist, tags=["playlists"], summary="Create a playlist",
          responses={201: LOCATION, **E400B, **E401, **E409})
def create_playlist(user: User, body: PlaylistCreate):
    """The playlist belongs to the authenticated user."""
    with lock:
        if body.slug in store:
            raise HTTPException(409, "The slug is taken")
        counter["playlist"] += 1
        p = {**body.model_dump(), "owner": user, "seq": counter["playlist"], "tracks": [], "last_track": 0,
             "created_at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        store[p["slug"]] = p
        return AsciiJSON(show(p), 201, {"Location": f"/playlists/{p['slug']}"})


@app.get("/playlists/{slug}", response_model=Playlist, tags=["playlists"], responses={**E401, **E404}, summary="Get a playlist")
def get_playlist(user: User, slug: SlugPath):
    with lock:
        return AsciiJSON(show(own(slug, user)))


@app.put("/playlists/{slug}", response_model=Playlist, tags=["playlists"], responses={**E400B, **E401, **E404}, summary="Replace a playlist")
def replace_playlist(user: User, slug: SlugPath, body: PlaylistReplace):
    """Replaces title, description, mood and tags; what is left out gets its default. The tracks are kept."""
    with lock:
        p = own(slug, user)
        data = body.model_dump()
        if BUG == "put_drops_tags":
            del data["tags"]
        p.update(data)
        if BUG == "put_loses_tracks":
            p["tracks"] = []
        return AsciiJSON(show(p))


@app.patch("/playlists/{slug}", response_model=Playlist, tags=["playlists"], responses={**E400B, **E401, **E404}, summary="Update a playlist")
def update_playlist(user: User, slug: SlugPath, body: PlaylistUpdate):
    """Changes what is sent and nothing else."""
    with lock:
        p = own(slug, user)
        p.update(body.model_dump(exclude_unset=True))
        return AsciiJSON(show(p))


@app.delete("/playlists/{slug}", status_code=204, tags=["playlists"], responses={**E401, **E404}, summary="Delete a playlist")
def delete_playlist(user: User, slug: SlugPath):
    """Deletes the playlist and its tracks."""
    with lock:
        own(slug, user)
        del store[slug]
    return Response(status_code=204)


@app.get("/playlists/{slug}/tracks", response_model=TrackPage, tags=["tracks"], responses={**E400P, **E401, **E404}, summary="List tracks")
def list_tracks(user: User, slug: SlugPath, page_size: PageSize = 10, page_token: PageToken = None,
                sort: Annotated[Literal["added", "artist", "-seconds"], Query(description="Tracks that compare equal come in the order in which they were added. `-seconds`: longest first.")] = "added"):
    with lock:
        p = own(slug, user)
        start = read_token("t", page_token) if page_token is not None else 0
        rows = list(p["tracks"])
        if BUG == "unstable_ties" and sort != "added":
            random.shuffle(rows)
        if sort == "artist":
            rows.sort(key=lambda t: t["artist"])
        elif sort == "-seconds":
            rows.sort(key=lambda t: -t["seconds"])
        more = start + page_size < len(rows)
        return AsciiJSON({"tracks": rows[start:start + page_size], "next_page_token": make_token("t", start + page_size) if more else None})


@app.post("/playlists/{slug}/tracks", status_code=201, response_model=Track, tags=["tracks"], summary="Add a track",
          responses={201: LOCATION, **E400B, **E401, **E404})
def add_track(user: User, slug: SlugPath, body: TrackWrite):
    with lock:
        p = own(slug, user)
        p["last_track"] += 1
        new_id = p["last_track"]
        if BUG == "track_id_reused":
            new_id = max((t["id"] for t in p["tracks"]), default=0) + 1
        t = {"id": new_id, **body.model_dump()}
        p["tracks"].append(t)
        return AsciiJSON(t, 201, {"Location": f"/playlists/{slug}/tracks/{t['id']}"})


@app.get("/playlists/{slug}/tracks/{track_id}", response_model=Track, tags=["tracks"], responses={**E401, **E404}, summary="Get a track")
def get_track(user: User, slug: SlugPath, track_id: TrackPath):
    with lock:
        return AsciiJSON(own_track(slug, track_id, user)[1])


@app.put("/playlists/{slug}/tracks/{track_id}", response_model=Track, tags=["tracks"], responses={**E400B, **E401, **E404}, summary="Replace a track")
def replace_track(user: User, slug: SlugPath, track_id: TrackPath, body: TrackWrite):
    with lock:
        t = own_track(slug, track_id, user)[1]
        t.update(body.model_dump())
        return AsciiJSON(t)


@app.patch("/playlists/{slug}/tracks/{track_id}", response_model=Track, tags=["tracks"], responses={**E400B, **E401, **E404}, summary="Update a track")
def update_track(user: User, slug: SlugPath, track_id: TrackPath, body: TrackUpdate):
    """Changes what is sent and nothing else."""
    with lock:
        t = own_track(slug, track_id, user)[1]
        data = body.model_dump(exclude_unset=True)
        if BUG == "null_title_crashes" and "title" in data:
            data["title"] = data["title"].replace("\r\n", " ")
        t.update(data)
        return AsciiJSON(t)


@app.delete("/playlists/{slug}/tracks/{track_id}", status_code=204, tags=["tracks"], responses={**E401, **E404}, summary="Remove a track")
def remove_track(user: User, slug: SlugPath, track_id: TrackPath):
    with lock:
        p, t = own_track(slug, track_id, user)
        p["tracks"].remove(t)
    return Response(status_code=204)


METHODS = [(re.compile(re.sub(r"\{[^}]*\}", "[^/]+", r.path)), r.methods) for r in app.routes if hasattr(r, "methods")]

if __name__ == "__main__":
    import uvicorn
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8000")), log_level="warning")
