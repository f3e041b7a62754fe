import itertools
import json
import os
import re
import threading
from functools import wraps

from flask import Flask, g, jsonify, request
from werkzeug.exceptions import HTTPException

DEFECT = os.environ.get("DEFECT") == "1"
MEMBERS = {"am-ann-2209": "ann", "am-bob-7431": "bob"}

app = Flask(__name__)
photos = {}
likers = {}   # photo -> members who like it
likes = {}    # photo -> counter shown to everybody
numbers = itertools.count(1)
lock = threading.Lock()


def refuse(status, reason):
    return jsonify(reason=reason), status


def photo_json(p):
    return {**photos[p], "likes": likes[p]}


@app.before_request
def member():
    g.member = MEMBERS.get(request.headers.get("Album-Member"))
    if g.member is None:
        return jsonify(reason="Not the key of a member"), 401, {"WWW-Authenticate": "AlbumMember"}


@app.errorhandler(HTTPException)
def http(e):
    response = jsonify(reason=e.name)
    response.status_code = e.code
    if getattr(e, "valid_methods", None):
        response.headers["Allow"] = ", ".join(e.valid_methods)
    return response


def with_photo(view):
    @wraps(view)
    def inner(photo):
        if photo not in photos:
            return refuse(404, "No such photo")
        return view(photo)
    return inner


@app.get("/photos")
def all_photos():
    least = request.args.get("min-likes", "0")
    if not re.fullmatch("[0-9]{1,5}", least) or int(least) > 1000:
        return refuse(400, "min-likes must be an integer from 0 to 1000")
    return jsonify(photos=[photo_json(p) for p in list(photos) if likes[p] >= int(least)])


def number_like(name):
    raise ValueError(name)


@app.post("/photos")
def add_photo():
    if request.mimetype != "application/json":
        return refuse(400, "JSON is needed")
    try:
        data = json.loads(request.get_data(), parse_constant=number_like)
    except (ValueError, RecursionError):
        return refuse(400, "The body is not JSON")
    if not isinstance(data, dict) or set(data) - {"file", "caption"}:
        return refuse(400, "The body must be an object with file and caption")
    file, caption = data.get("file"), data.get("caption")
    if not isinstance(file, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}\.(jpg|png)", file):
        return refuse(400, "file is not a file name")
    if caption is not None and (not isinstance(caption, str) or len(caption) > 140):
        return refuse(400, "caption must be a string of at most 140 characters")
    p = f"p{next(numbers)}"
    likers[p], likes[p] = set(), 0
    photos[p] = {"photo": p, "file": file, "caption": caption}
    return jsonify(photo_json(p)), 201


@app.get("/photos/<photo>")
@with_photo
def one_photo(photo):
    return jsonify(photo_json(photo))


@app.delete("/photos/<photo>")
@with_photo
def delete_photo(photo):
    del photos[photo]
    return "", 204


@app.put("/photos/<photo>/like")
@with_photo
def like(photo):
    with lock:
        if DEFECT or g.member not in likers[photo]:
            likes[photo] += 1
        likers[photo].add(g.member)
    return jsonify(photo_json(photo))


@app.delete("/photos/<photo>/like")
@with_photo
def unlike(photo):
    with lock:
        if g.member in likers[photo]:
            likers[photo].remove(g.member)
            likes[photo] -= 1
    return jsonify(photo_json(photo))


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]))
