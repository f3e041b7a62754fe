import os
import secrets
from typing import Annotated, Literal

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, Field, StrictInt, StrictStr
from starlette.exceptions import HTTPException as StarletteHTTPException

DEFECT = os.environ.get("DEFECT") == "1"
KEYS = {"ik_ann_b81e22f4": "ann", "ik_bob_0c9d7741": "bob"}

app = FastAPI(title="Invoicing API", version="0.9.2", openapi_url=None)


def whole(v):
    return int(v) if isinstance(v, float) and v.is_integer() else v


Int = Annotated[StrictInt, BeforeValidator(whole)]
Status = Literal["draft", "sent", "paid"]


class Line(BaseModel):
    description: StrictStr = Field(min_length=1, max_length=200)
    quantity: Int = Field(ge=1, le=1000)
    unit_price_cents: Int = Field(ge=0, le=10_000_000)


class InvoiceCreate(BaseModel):
    customer: StrictStr = Field(min_length=1, max_length=100)
    lines: list[Line] = Field(min_length=1, max_length=100)
    discount_percent: Int = Field(0, ge=0, le=100)


class StatusChange(BaseModel):
    status: Status


class Invoice(InvoiceCreate):
    id: str
    status: Status
    subtotal_cents: int
    discount_cents: int
    total_cents: int


@app.exception_handler(RequestValidationError)
async def invalid(request: Request, exc: RequestValidationError):
    rows = [{"loc": list(e["loc"]), "msg": e["msg"], "type": e["type"]} for e in exc.errors()]
    return JSONResponse({"detail": rows}, 422)


@app.exception_handler(StarletteHTTPException)
async def http_error(request: Request, exc: StarletteHTTPException):
    headers = dict(exc.headers or {})
    if exc.status_code == 400:  # undecodable or absurdly nested body
        return JSONResponse({"detail": [{"loc": ["body"], "msg": str(exc.detail), "type": "json_invalid"}]}, 422)
    if exc.status_code == 405:
        path = request.url.path
        methods = set()
        for r in app.router.routes:
            rx = getattr(r, "path_regex", None)
            if rx is not None and rx.match(path):
                methods |= set(r.methods or ())
        headers = {"Allow": ", ".join(sorted(methods))}
    return JSONResponse({"detail": exc.detail}, exc.status_code, headers=headers)


def caller(request: Request) -> str:
    user = KEYS.get(request.headers.get("X-API-Key", ""))
    if user is None:
        raise HTTPException(401, "Missing or unknown API key", {"WWW-Authenticate": "APIKey"})
    return user


User = Annotated[str, Depends(caller)]
db: dict[str, tuple[str, Invoice]] = {}


def find(user: str, invoice_id: str) -> Invoice:
    owner, invoice = db.get(invoice_id, (None, None))
    if owner != user:
        raise HTTPException(404, "Invoice not found")
    return invoice


@app.get("/v1/invoices")
def list_invoices(user: User, status: Status | None = None) -> list[Invoice]:
    return [i for o, i in list(db.values()) if o == user and (status is None or i.status == status)]


@app.post("/v1/invoices", status_code=201)
def create_invoice(user: User, body: InvoiceCreate) -> Invoice:
    subtotal = sum(l.quantity * l.unit_price_cents for l in body.lines)
    discount = subtotal * body.discount_percent // 100
    total = subtotal if DEFECT else subtotal - discount
    invoice = Invoice(**body.model_dump(), id="inv_" + secrets.token_hex(4), status="draft",
                      subtotal_cents=subtotal, discount_cents=discount, total_cents=total)
    db[invoice.id] = (user, invoice)
    return invoice


@app.get("/v1/invoices/{invoice_id}")
def get_invoice(user: User, invoice_id: str) -> Invoice:
    return find(user, invoice_id)


@app.delete("/v1/invoices/{invoice_id}", status_code=204)
def delete_invoice(user: User, invoice_id: str):
    find(user, invoice_id)
    del db[invoice_id]
    return Response(status_code=204)


@app.put("/v1/invoices/{invoice_id}/status")
def set_status(user: User, invoice_id: str, body: StatusChange) -> Invoice:
    invoice = find(user, invoice_id)
    invoice.status = body.status
    return invoice


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
