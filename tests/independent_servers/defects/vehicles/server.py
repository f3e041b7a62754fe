import json
import os
import re

from aiohttp import web

DEFECT = os.environ.get("DEFECT") == "1"
VIN = re.compile("[A-HJ-NPR-Z0-9]{17}")
routes = web.RouteTableDef()
stock = {}


class Refused(Exception):
    def __init__(self, status, title):
        self.status, self.title = status, title


def answer(status, title, headers=None):
    return web.json_response({"status": status, "title": title}, status=status, headers=headers)


@web.middleware
async def errors(request, handler):
    try:
        return await handler(request)
    except Refused as e:
        return answer(e.status, e.title)
    except web.HTTPMethodNotAllowed as e:
        return answer(405, "Method not allowed", {"Allow": ", ".join(sorted(e.allowed_methods))})
    except web.HTTPException as e:
        if e.status < 400:
            raise
        return answer(e.status, e.reason)


def is_int(v, lo, hi):
    return (isinstance(v, int) or isinstance(v, float) and v.is_integer()) and not isinstance(v, bool) and lo <= v <= hi


def is_text(v):
    return isinstance(v, str) and 1 <= len(v) <= 40


FIELDS = {
    "vin": lambda v: isinstance(v, str) and VIN.fullmatch(v),
    "make": is_text,
    "model": is_text,
    "year": lambda v: is_int(v, 1950, 2100),
    "priceEur": lambda v: is_int(v, 0, 1_000_000),
    "mileageKm": lambda v: v is None or is_int(v, 0, 2_000_000),
}


def no_constant(name):
    raise ValueError(name)


async def vehicle_data(request):
    if request.content_type != "application/json" or "Content-Type" not in request.headers:
        raise Refused(415, "The body must be application/json")
    try:
        data = json.loads(await request.read(), parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not JSON")
    if not isinstance(data, dict):
        raise Refused(400, "The body is not an object")
    for k, v in data.items():
        if k not in FIELDS:
            raise Refused(400, f"Unknown property {k}")
        if not FIELDS[k](v):
            raise Refused(400, f"{k} is not valid")
    for k in FIELDS:
        if k not in data and k != "mileageKm":
            raise Refused(400, f"{k} is missing")
    out = {k: data.get(k) for k in FIELDS}
    return {k: int(v) if isinstance(v, float) else v for k, v in out.items()}


def int_query(request, name, lo, hi, default=None):
    raw = request.query.get(name)
    if raw is None:
        return default
    if not re.fullmatch("[0-9]{1,7}", raw) or not lo <= int(raw) <= hi:
        raise Refused(400, f"{name} must be an integer from {lo} to {hi}")
    return int(raw)


@routes.get("/vehicles")
async def list_vehicles(request):
    year_from, year_to = int_query(request, "yearFrom", 1950, 2100), int_query(request, "yearTo", 1950, 2100)
    limit, offset = int_query(request, "limit", 1, 500, 100), int_query(request, "offset", 0, 100000, 0)
    make = request.query.get("make")
    if make is not None and not is_text(make):
        raise Refused(400, "make must have 1 to 40 characters")
    rows = list(stock.values())
    if make is not None:
        rows = [r for r in rows if r["make"] == make]
    if year_from is not None:
        rows = [r for r in rows if r["year"] >= year_from]
    if year_to is not None:
        rows = [r for r in rows if (r["year"] < year_to if DEFECT else r["year"] <= year_to)]
    return web.json_response(rows[offset:offset + limit], headers={"X-Total-Count": str(len(rows))})


@routes.post("/vehicles")
async def add_vehicle(request):
    data = await vehicle_data(request)
    if data["vin"] in stock:
        raise Refused(409, "A vehicle with this VIN is in stock already")
    stock[data["vin"]] = data
    return web.json_response(data, status=201, headers={"Location": "/vehicles/" + data["vin"]})


def find(request):
    vin = request.match_info["vin"]
    if vin not in stock:
        raise Refused(404, "No vehicle with this VIN is in stock")
    return stock[vin]


@routes.get("/vehicles/{vin}")
async def get_vehicle(request):
    return web.json_response(find(request))


@routes.put("/vehicles/{vin}")
async def replace_vehicle(request):
    old = find(request)
    data = await vehicle_data(request)
    if data["vin"] != old["vin"]:
        raise Refused(409, "The vin in the body is another one than in the path")
    stock[data["vin"]] = data
    return web.json_response(data)


@routes.delete("/vehicles/{vin}")
async def remove_vehicle(request):
    del stock[find(request)["vin"]]
    return web.Response(status=204)


app = web.Application(middlewares=[errors], client_max_size=8 << 20)
app.add_routes(routes)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None, access_log=None)
