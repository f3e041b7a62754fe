import io
import json
import os
import re
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import falcon

DEFECT = os.environ.get("DEFECT") == "1"
CODE = re.compile("[A-Z]{3}[0-9]{2}")


def integer(lo, hi):
    def check(v):
        if isinstance(v, bool) or not isinstance(v, (int, float)) or v != v or not lo <= v <= hi or v != int(v):
            raise ValueError
        return int(v)
    return check


def number(lo, hi):
    def check(v):
        if isinstance(v, bool) or not isinstance(v, (int, float)) or not lo <= v <= hi:
            raise ValueError
        return v
    return check


def text(lo, hi):
    def check(v):
        if not isinstance(v, str) or not lo <= len(v) <= hi:
            raise ValueError
        v.encode()  # refuses half surrogate pairs (UnicodeEncodeError is a ValueError)
        return v
    return check


def boolean(v):
    if not isinstance(v, bool):
        raise ValueError
    return v


STATION = {"place": (True, text(1, 60)), "altitude_m": (True, integer(-430, 8850)), "active": (False, boolean)}
READING = {"temperature_c": (True, number(-90, 60)), "humidity_percent": (False, integer(0, 100))}


def constant(name):
    raise ValueError(name)


def media(req, fields):
    if (req.content_type or "").split(";")[0].strip().lower() != "application/json":
        raise falcon.HTTPUnsupportedMediaType(title="Unsupported media type", description="Send application/json")
    try:
        data = json.loads(req.bounded_stream.read(), parse_constant=constant)
    except (ValueError, RecursionError):
        raise falcon.HTTPBadRequest(title="Invalid JSON", description="The body could not be parsed")
    if not isinstance(data, dict):
        raise falcon.HTTPBadRequest(title="Invalid body", description="An object is needed")
    out = {}
    for name in data:
        if name not in fields:
            raise falcon.HTTPBadRequest(title="Invalid body", description="There is an unknown field")
    for name, (required, check) in fields.items():
        if name in data:
            try:
                out[name] = check(data[name])
            except ValueError:
                raise falcon.HTTPBadRequest(title="Invalid body", description=f"{name} is not valid")
        elif required:
            raise falcon.HTTPBadRequest(title="Invalid body", description=f"{name} is missing")
    return out


class Register:
    def __init__(self):
        self.stations = {}
        self.readings = {}

    def find(self, code):
        if code not in self.stations:
            raise falcon.HTTPNotFound(title="Not found", description="No station with this code is registered")
        return self.stations[code]

    def on_get(self, req, resp):
        after, count = req.params.get("after"), req.params.get("count", "1000")
        if isinstance(after, list):
            after = after[0]
        if isinstance(count, list):
            count = count[0]
        if after is not None and not CODE.fullmatch(after):
            raise falcon.HTTPBadRequest(title="Invalid parameter", description="after is not a station code")
        if not re.fullmatch("[0-9]{1,5}", count) or not 1 <= int(count) <= 1000:
            raise falcon.HTTPBadRequest(title="Invalid parameter", description="count must be from 1 to 1000")
        rows = [s for c, s in sorted(self.stations.items()) if after is None or c > after]
        resp.media = {"stations": rows[:int(count)], "more": len(rows) > int(count)}

    def on_get_one(self, req, resp, code):
        resp.media = self.find(code)

    def on_put_one(self, req, resp, code):
        if not CODE.fullmatch(code):
            raise falcon.HTTPBadRequest(title="Invalid code", description="A code is three capitals and two digits")
        data = media(req, STATION)
        new = code not in self.stations
        self.stations[code] = {"code": code, "place": data["place"], "altitude_m": data["altitude_m"],
                               "active": data.get("active", True)}
        self.readings.setdefault(code, [])
        resp.media = self.stations[code]
        resp.status = falcon.HTTP_201 if new else falcon.HTTP_200

    def on_delete_one(self, req, resp, code):
        if not DEFECT:
            self.find(code)
        self.stations.pop(code, None)
        self.readings.pop(code, None)
        resp.status = falcon.HTTP_204

    def on_get_readings(self, req, resp, code):
        self.find(code)
        resp.media = {"readings": self.readings[code][::-1]}

    def on_post_readings(self, req, resp, code):
        self.find(code)
        reading = media(req, READING)
        self.readings[code].append(reading)
        resp.media, resp.status = reading, falcon.HTTP_201


def as_json(req, resp, exc):
    resp.data = json.dumps(exc.to_dict()).encode()
    resp.content_type = falcon.MEDIA_JSON


app = falcon.App()
app.req_options.keep_blank_qs_values = True
app.set_error_serializer(as_json)
register = Register()


def no_code(req, resp):
    """Paths below /stations that are no station code (a code has no slash)."""
    if req.method == "PUT":
        raise falcon.HTTPBadRequest(title="Invalid code", description="A code is three capitals and two digits")
    raise falcon.HTTPNotFound(title="Not found", description="No station with this code is registered")


app.add_sink(no_code, "/stations/.+")
app.add_route("/stations", register)
app.add_route("/stations/{code}", register, suffix="one")
app.add_route("/stations/{code}/readings", register, suffix="readings")


class Handler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def read_body(app):
    """Reads the body before the application runs, so that none is left on the socket."""
    def wrapped(environ, start_response):
        length = environ.get("CONTENT_LENGTH") or "0"
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length) if length.isdigit() else 0))
        return app(environ, start_response)
    return wrapped


if __name__ == "__main__":
    server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)
    server.set_app(read_body(app))
    server.serve_forever()
