"""A small FastAPI app: notes that are created, listed, read, changed and deleted."""

from itertools import count
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field

app = FastAPI(title="Notes")
notes: dict[int, "Note"] = {}
numbers = count(1)


class NewNote(BaseModel, strict=True):
    title: str = Field(min_length=1, max_length=60)
    text: str = Field(default="", max_length=500)
    pinned: bool = False


class Note(NewNote):
    id: int


class Problem(BaseModel):
    detail: str


MISSING = {404: {"model": Problem}}


def note_of(id: int) -> Note:
    if id not in notes:
        raise HTTPException(404, "There is no such note")
    return notes[id]


@app.post("/notes", status_code=201)
def create_note(new: NewNote) -> Note:
    note = Note(id=next(numbers), **new.model_dump())
    notes[note.id] = note
    return note


@app.get("/notes")
def list_notes(limit: Annotated[int, Query(ge=1, le=50)] = 10, offset: Annotated[int, Query(ge=0)] = 0) -> list[Note]:
    return list(notes.values())[offset : offset + limit]


@app.get("/notes/{id}", responses=MISSING)
def read_note(id: int) -> Note:
    return note_of(id)


@app.put("/notes/{id}", responses=MISSING)
def replace_note(id: int, new: NewNote) -> Note:
    note_of(id)
    notes[id] = Note(id=id, **new.model_dump())
    return notes[id]


@app.delete("/notes/{id}", status_code=204, responses=MISSING)
def delete_note(id: int) -> None:
    note_of(id)
    del notes[id]
