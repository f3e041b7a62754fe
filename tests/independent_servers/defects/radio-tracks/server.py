import itertools
import os
from typing import Annotated, Literal

import uvicorn
from fastapi import APIRouter, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr
from starlette.exceptions import HTTPException as BaseHTTPException

DEFECT = os.environ.get("DEFECT") == "1"
PAGE_SIZE = 10 if DEFECT else 25

Genre = Literal["jazz", "folk", "rock", "classical"]
Int = Annotated[StrictInt, BeforeValidator(lambda v: int(v) if isinstance(v, float) and v.is_integer() else v)]
Number = Annotated[int, Path(ge=1)]


class TrackIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    artist: StrictStr = Field(min_length=1, max_length=100)
    title: StrictStr = Field(min_length=1, max_length=100)
    genre: Genre
    seconds: Int = Field(ge=1, le=7200)
    year: Annotated[Int, Field(ge=1900, le=2100)] | None = None


class Track(BaseModel):
    number: int
    artist: str
    title: str
    genre: Genre
    seconds: int
    year: int | None


class TrackPage(BaseModel):
    total: int
    tracks: list[Track]


numbers = itertools.count(1)
archive: dict[int, Track] = {}


def store(t: TrackIn) -> Track:
    n = next(numbers)
    archive[n] = Track(number=n, **t.model_dump())
    return archive[n]


for i in range(32):
    store(TrackIn(artist=["Nora Vind", "The Tilers", "Ostrava Quartet", "Jan Lund"][i % 4], title=f"Take {i + 1}",
                  genre=["jazz", "rock", "classical", "folk"][i % 4], seconds=120 + 7 * i, year=1980 + i if i % 3 else None))

router = APIRouter(prefix="/archive/tracks")


@router.get("")
def list_tracks(genre: Genre | None = None,
                limit: Annotated[int, Query(ge=1, le=100)] = PAGE_SIZE,
                offset: Annotated[int, Query(ge=0, le=10000)] = 0) -> TrackPage:
    rows = [t for t in list(archive.values()) if genre is None or t.genre == genre]
    return TrackPage(total=len(rows), tracks=rows[offset:offset + limit])


@router.post("", status_code=201)
def add_track(body: TrackIn) -> Track:
    return store(body)


def find(number: int) -> Track:
    if number not in archive:
        raise HTTPException(404, "There is no track with this number")
    return archive[number]


@router.get("/{number}")
def get_track(number: Number) -> Track:
    return find(number)


@router.put("/{number}")
def replace_track(number: Number, body: TrackIn) -> Track:
    find(number)
    archive[number] = Track(number=number, **body.model_dump())
    return archive[number]


@router.delete("/{number}", status_code=204)
def delete_track(number: Number):
    find(number)
    del archive[number]
    return Response(status_code=204)


app = FastAPI(openapi_url=None)
app.include_router(router)


@app.exception_handler(RequestValidationError)
async def invalid(request: Request, exc: RequestValidationError):
    return JSONResponse({"detail": [{k: e[k] for k in ("loc", "msg", "type")} for e in exc.errors()]}, 422)


@app.exception_handler(BaseHTTPException)
async def http_error(request: Request, exc: BaseHTTPException):
    if exc.status_code == 400:
        return JSONResponse({"detail": [{"loc": ["body"], "msg": exc.detail, "type": "json_invalid"}]}, 422)
    headers = exc.headers
    if exc.status_code == 405:
        headers = {"Allow": "GET, POST" if request.url.path == "/archive/tracks" else "DELETE, GET, PUT"}
    return JSONResponse({"detail": exc.detail}, exc.status_code, headers)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
