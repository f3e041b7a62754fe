"""Requests to documents without a behaviour file: what they mean is inferred."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from tests.replies.caller import WORDS, Caller, Entry, authorized, sound
from tests.replies.request import Learn, Request, nothing, part

BOUNDARY = "between-the-parts"

FORMATS = (
    "text/csv", "application/yaml", "text/event-stream", "application/jsonl", "text/html", "image/gif",
    "application/pdf", "application/x-www-form-urlencoded", "application/zip", "audio/ogg", "audio/*",
    "application/json",
)  # fmt: skip
"""Media types in which one answer is asked for."""


class Notes(Caller):
    """Notes with comments; the only document of its app, so that it is reached at the root too."""

    app = "notes"
    moves = (
        ("create", 8), ("list", 6), ("get", 4), ("replace", 3), ("change", 4), ("delete", 2), ("comment", 4),
        ("comments", 3), ("get_comment", 2), ("delete_comment", 1), ("sandbox", 2),
    )  # fmt: skip
    notes = "/api/notes"

    def opening(self) -> Iterator[Request]:
        for word in WORDS[:4]:
            yield sound("POST", self.notes, {"title": word, "slug": word}, self.keep("note", "id"))
        for word in WORDS[:2]:
            yield sound("POST", f"{self.notes}/4/comments", {"text": word}, self.keep("comment", "id", above=("4",)))
        yield Request("GET", f"{self.notes}/4/comments")
        yield Request("DELETE", f"{self.notes}/4", learn=self.drop("note", ("4",)))
        yield Request("GET", f"{self.notes}/4/comments")

    def sent(self, request: Request) -> Request:
        if self.chance.random() < 0.2:
            request = replace(request, target="/notes" + request.target)
        return request.having(X_Api_Key="abc")

    def note(self) -> str:
        return self.pick("note", ("999",), ("0",), ("one",), ("9" * 30,))[0]

    def fields(self) -> dict[str, Any]:
        more = self.some(text=("", "a text\nof two lines", "é😀"), tag=("home", "work"), priority=(1, 5, 2.0),
                         pinned=(True, False), due=("2026-02-28", None), password=("long enough",))  # fmt: skip
        odd = self.odd(tag=("none",), priority=(0, 6, 1.5), due=("2026-02-30",), password=("short",), slug=("A b",))
        return {"title": self.name(), "slug": f"{self.word()}-{self.chance.randrange(6)}", **more, **odd}

    def create(self) -> Request:
        return self.json("POST", self.notes, self.fields(), self.keep("note", "id"))

    def list(self) -> Request:
        wrong = {"page": (0, "x"), "per_page": (0, 51), "tag": ("none",), "sort": ("slug",)}
        return Request("GET", self.query(self.notes, wrong, page=(1, 2, 3), per_page=(1, 2, 50), tag=("home", "work"),
                                         sort=("title", "-title", "priority", "-priority")))  # fmt: skip

    def get(self) -> Request:
        return Request("GET", f"{self.notes}/{self.note()}")

    def replace(self) -> Request:
        return self.json("PUT", f"{self.notes}/{self.note()}", self.fields())

    def change(self) -> Request:
        changed = self.some(title=("new",), tag=("home",), due=(None, "2027-01-01"), slug=("birch-1",), pinned=(True,))
        changed |= self.odd(title=(None, ""), priority=(9,))
        return self.json("PATCH", f"{self.notes}/{self.note()}", changed, kind="application/merge-patch+json")

    def delete(self) -> Request:
        id = self.note()
        return Request("DELETE", f"{self.notes}/{id}", learn=self.drop("note", (id,)))

    def comment(self) -> Request:
        id = self.note()
        body = {"text": self.name(), **self.some(author=("Ada",)), **self.odd(author=("x" * 51,))}
        return self.json("POST", f"{self.notes}/{id}/comments", body, self.keep("comment", "id", above=(id,)))

    def comments(self) -> Request:
        return Request("GET", f"{self.notes}/{self.note()}/comments")

    def one_comment(self) -> Entry:
        return self.pick("comment", ("1", "00000000-0000-4000-8000-000000000000"), ("1", "x"))

    def get_comment(self) -> Request:
        note, id = self.one_comment()
        return Request("GET", f"{self.notes}/{note}/comments/{id}")

    def delete_comment(self) -> Request:
        note, id = entry = self.one_comment()
        return Request("DELETE", f"{self.notes}/{note}/comments/{id}", learn=self.drop("comment", entry))

    def sandbox(self) -> Request:
        paths = ("/openapi.json", "/docs", "/", "/_mock/state", "/_mock/state?service=notes", "/_mock/clock")
        return Request("GET", self.chance.choice(paths))


class Shop(Caller):
    """Kinds of goods, patches in JSON, forms, XML, things that belong to others."""

    app = "open"
    moves = (
        ("put_category", 4), ("categories", 3), ("category", 3), ("create", 8), ("list", 6), ("get", 3), ("replace", 2),
        ("patch", 5), ("delete", 2), ("search", 2), ("review", 5), ("reviews", 4), ("get_review", 3), ("customer", 4),
        ("customers", 3), ("one_customer", 4), ("address", 3), ("addresses", 2), ("one_address", 3), ("order", 5),
        ("orders", 2), ("one_order", 4), ("settings", 4), ("sample", 2),
    )  # fmt: skip
    base = "/shop/v1"

    def opening(self) -> Iterator[Request]:
        for word in WORDS[:3]:
            yield sound("PUT", f"{self.base}/categories/{word}", {"name": word}, self.keep("category", "code"))
            gadget = {"kind": "gadget", "sku": "ABC-001", "name": word, "tags": ["a", "b"], "weight": 2}
            yield sound("POST", f"{self.base}/products", gadget, self.keep("product", "id"))
        for name in WORDS[:2]:
            person = {"customer": {"email": f"{name}@amber.example", "name": "Ada"}}
            yield sound("POST", f"{self.base}/customers", person, self.keep("customer", "customer", "id"))
        for number in range(3):
            yield Request("GET", f"{self.base}/samples/{number}")
        product, customer = self.last("product", "nothing"), self.last("customer", "nobody")
        owner = f"{self.base}/products/{product[0]}"
        yield form(f"{owner}/reviews", [("stars", 5), ("pros", "cheap")])
        yield from self.farewell(owner, f"{owner}/reviews/1", self.drop("product", product))
        owner = f"{self.base}/customers/{customer[0]}"
        yield sound("POST", f"{owner}/addresses", {"street": "High Street", "city": "Ems"})
        yield from self.farewell(owner, f"{self.base}/addresses/1", self.drop("customer", customer))

    def farewell(self, owner: str, belonging: str, learn: Learn) -> Iterator[Request]:
        """With an owner goes what belongs to it."""
        yield Request("GET", belonging)
        yield Request("DELETE", owner, learn=learn)
        yield Request("GET", belonging)

    def sent(self, request: Request) -> Request:
        return authorized(request, "abc")

    def put_category(self) -> Request:
        code = self.word()
        more = {**self.some(position=(1, -1), code=(code,)), **self.odd(position=(2**31,), code=("a",))}
        body = {"name": self.name(), **more}
        return self.json("PUT", f"{self.base}/categories/{code}", body, self.keep("category", "code"))

    def categories(self) -> Request:
        wrong = {"limit": (0, 21), "offset": (-1,)}
        return Request("GET", self.query(f"{self.base}/categories", wrong, offset=(0, 2, 50), limit=(1, 2)))

    def category(self) -> Request:
        (code,) = entry = self.pick("category", ("nowhere",), ("A1",))
        if self.chance.random() < 0.3:
            return Request("DELETE", f"{self.base}/categories/{code}", learn=self.drop("category", entry))
        return Request("GET", f"{self.base}/categories/{code}")

    def goods(self) -> dict[str, Any]:
        kind = self.chance.choice(("book", "gadget"))
        own = {"isbn": "9780000000001"} if kind == "book" else self.some(weight=(1.5, 2), parts=({"screw": 4}, {}))
        more = self.some(
            tags=(["a", "b"], ["c"]), state=("listed", "sold"), price=({"amount": 12.5, "currency": "EUR"},)
        )
        odd = self.odd(
            kind=("song", "book"), weight=(0,), parts=({"x": "y"},), tags=(["a", "a"],), state=("lost",), isbn=("1",),
            price=({"amount": 0.1 + 0.2, "currency": "USD"}, {"amount": -1}, {"amount": 1}),
        )  # fmt: skip
        sku, name = f"ABC-{self.chance.randrange(100, 1000)}", f"{self.word()} {self.chance.randrange(4)}"
        return {"kind": kind, "sku": sku, "name": name, **own, **more, **odd}

    def product(self) -> str:
        return self.pick("product", ("prod_00000000",), ("a%2Fb",))[0]

    def create(self) -> Request:
        request = self.json("POST", f"{self.base}/products", self.goods(), self.keep("product", "id"))
        keys = ("00000000-0000-4000-8000-000000000001", "no-uuid")
        return request.having(Idempotency_Key=self.chance.choice(keys)) if self.chance.random() < 0.1 else request

    def list(self) -> Request:
        (id,) = self.pick("product", ("lost",))
        wrong = {"limit": (0, 51), "kind": ("song",), "state": ("lost",), "price[min]": ("x",), "sortOrder": ("up",)}
        return Request("GET", self.query(
            f"{self.base}/products", wrong, cursor=(id,), limit=(1, 2, 50), kind=("book", "gadget"), tags=("a", "a,b"),
            state=("listed", "listed&state=sold"), sortBy=("name", "kind"), sortOrder=("asc", "desc"),
            **{"price[min]": (1,), "price[max]": (20,)},
        ))  # fmt: skip

    def get(self) -> Request:
        target = f"{self.base}/products/{self.product()}"
        return Request("GET", self.query(target, {"fields": ("", "id,name")}, fields=("id|name", "id")))

    def replace(self) -> Request:
        return self.json("PUT", f"{self.base}/products/{self.product()}", self.goods())

    def patch(self) -> Request:
        steps = (
            {"op": "replace", "path": "/name", "value": self.name()}, {"op": "add", "path": "/tags/-", "value": "new"},
            {"op": "add", "path": "/tags", "value": ["z"]}, {"op": "remove", "path": "/tags"},
            {"op": "test", "path": "/kind", "value": "book"}, {"op": "copy", "from": "/name", "path": "/isbn"},
            {"op": "move", "from": "/weight", "path": "/pages"}, {"op": "replace", "path": "/state", "value": "lost"},
            {"op": "replace", "path": "/id", "value": "mine"}, {"op": "add", "path": "nowhere", "value": 1},
            {"op": "jump"},
        )  # fmt: skip
        chosen = [
            self.chance.choice(steps[:5] if self.chance.random() < 0.6 else steps)
            for _ in range(1 + self.chance.randrange(2))
        ]
        return self.json("PATCH", f"{self.base}/products/{self.product()}", chosen, kind="application/json-patch+json")

    def delete(self) -> Request:
        id = self.product()
        return Request("DELETE", f"{self.base}/products/{id}", learn=self.drop("product", (id,)))

    def search(self) -> Request:
        return self.json("POST", f"{self.base}/products/search", {"words": [self.word(), self.word()]})

    def review(self) -> Request:
        id = self.product()
        body = {"stars": self.chance.choice(("1", "3", "5")), **self.some(text=("Fine é.",)),
                **self.odd(stars=("6", "many", ""), text=("x" * 101,))}  # fmt: skip
        learn = self.keep("review", "id", above=(id,))
        target = f"{self.base}/products/{id}/reviews"
        if self.chance.random() < 0.3:
            kind = f"multipart/form-data; boundary={BOUNDARY}"
            return Request("POST", target, (("Content-Type", kind),), part(body, BOUNDARY), learn)
        pros = [("pros", word) for word in self.chance.choice(((), ("cheap",), ("cheap", "good")))]
        return form(target, [*body.items(), *pros], learn)

    def reviews(self) -> Request:
        target = f"{self.base}/products/{self.product()}/reviews"
        wrong = {"pageSize": (0, 11), "page": (-1,)}
        return Request("GET", self.query(target, wrong, page=(0, 1, 5), pageSize=(1, 10), stars=(1, 3)))

    def get_review(self) -> Request:
        product, id = entry = self.pick("review", ("prod_00000000", "1"), ("prod_00000000", "x"))
        target = f"{self.base}/products/{product}/reviews/{id}"
        if self.chance.random() < 0.3:
            return Request("DELETE", target, learn=self.drop("review", entry))
        return Request("GET", target)

    def person(self) -> Entry:
        return self.pick("customer", ("00000000-0000-4000-8000-000000000000",), ("nobody",))

    def customer(self) -> Request:
        more = self.some(name=("Ada", None), born=("1990-12-31",), password=("long enough",), language=("de",),
                         id=("00000000-0000-4000-8000-000000000000",))  # fmt: skip
        odd = self.odd(
            born=("yesterday",), password=("short",), language=("deu",), email=("ada", "amber@amber.example")
        )
        body = {"email": f"{self.word()}@{self.chance.choice(WORDS[:3])}.example", **more, **odd}
        sent = {"customer": body} if self.chance.random() < 0.9 else body
        return self.json("POST", f"{self.base}/customers", sent, self.keep("customer", "customer", "id"))

    def customers(self) -> Request:
        mail = f"{self.word()}%40{self.chance.choice(WORDS[:3])}.example"
        wrong = {"email": ("x",), "sort": ("born", "")}
        target = f"{self.base}/customers"
        return Request("GET", self.query(target, wrong, email=(mail,), sort=("email", "-email", "name")))

    def one_customer(self) -> Request:
        (id,) = entry = self.person()
        target, luck = f"{self.base}/customers/{id}", self.chance.random()
        if luck < 0.15:
            return Request("DELETE", target, learn=self.drop("customer", entry))
        if luck < 0.5:
            body = self.some(name=("Bea", None), language=("fr",), born=(None,), email=("amber@birch.example",))
            body |= self.odd(id=("x",), email=(None, "x"))
            return self.json("PATCH", target, body, kind="application/merge-patch+json")
        return Request("GET", target)

    def address(self) -> Request:
        body = {"street": self.name(), "city": self.word(), **self.some(zip=("12345",))}
        target = f"{self.base}/customers/{self.person()[0]}/addresses"
        return self.json("POST", target, body, self.keep("address", "id"))

    def addresses(self) -> Request:
        return Request("GET", f"{self.base}/customers/{self.person()[0]}/addresses")

    def one_address(self) -> Request:
        (id,) = entry = self.pick("address", ("99",), ("x",))
        target, luck = f"{self.base}/addresses/{id}", self.chance.random()
        if luck < 0.2:
            return Request("DELETE", target, learn=self.drop("address", entry))
        if luck < 0.4:
            return self.json("PUT", target, {"street": self.name(), "city": self.word()})
        return Request("GET", target)

    def order(self) -> Request:
        sku, quantity = f"ABC-{self.chance.randrange(1000)}", self.chance.choice((1, 2, 3, 4, 5, 6, 0, "two"))
        learn = self.keep("order", "orderNumber")
        if self.chance.random() < 0.4:
            line = f"<line><sku>{sku}</sku><quantity>{quantity}</quantity></line>"
            text = f'<?xml version="1.0"?><order><note>{self.word()} &amp; é</note><lines>{line}</lines></order>'
            content = self.chance.choice((*(text,) * 6, text[:-3], "<order/>")).encode()
            accept = self.chance.choice(("application/xml", "application/json", "*/*"))
            headers = (("Content-Type", "application/xml"), ("Accept", accept))
            return Request("POST", f"{self.base}/orders", headers, content, learn)
        body = {"lines": [{"sku": sku, "quantity": quantity}], **self.some(note=("n",), express=(True,))}
        return self.json("POST", f"{self.base}/orders", body, learn).having(Accept="application/json")

    def orders(self) -> Request:
        return self.read(f"{self.base}/orders")

    def one_order(self) -> Request:
        (number,) = entry = self.pick("order", ("000000",), ("x",))
        target, luck = f"{self.base}/orders/{number}", self.chance.random()
        if luck < 0.15:
            return Request("DELETE", target, learn=self.drop("order", entry))
        if luck < 0.4:
            kind = self.chance.choice(("text/csv", "text/plain", "text/*", "application/json"))
            return Request("GET", f"{target}/invoice").having(Accept=kind)
        return self.read(target)

    def read(self, target: str) -> Request:
        kind = self.chance.choice(("application/json", "application/xml", "text/html", "application/json;q=0.1, */*"))
        return Request("GET", target).having(Accept=kind)

    def sample(self) -> Request:
        request = Request("GET", f"{self.base}/samples/{self.chance.randrange(5)}")
        return request.having(Prefer="dynamic=true") if self.chance.random() < 0.4 else request

    def settings(self) -> Request:
        method, body = self.chance.choice((
            ("GET", None), ("GET", None), ("PUT", {"theme": "dark", "perPage": 10}), ("PUT", {"theme": "pink"}),
            ("PATCH", {"theme": "light"}), ("PATCH", {"perPage": 0}), ("PATCH", {}),
        ))  # fmt: skip
        target = f"{self.base}/settings"
        return Request(method, target) if body is None else self.json(method, target, body)


class Archive(Caller):
    """A Swagger 2.0 document."""

    app = "open"
    moves = (
        ("add", 6), ("find", 6), ("get", 4), ("by_form", 3), ("replace", 3), ("delete", 3), ("scan", 3), ("label", 1),
    )  # fmt: skip
    base = "/archive/archive/v2"

    def opening(self) -> Iterator[Request]:
        for colour in ("red", "green", "blue", "red"):
            yield sound("POST", f"{self.base}/boxes", {"colour": colour, "weight": 2}, self.keep("box", "id"))

    def sent(self, request: Request) -> Request:
        if self.chance.random() < 0.3:
            return request.asking("api_key=abc")
        return request.having(Authorization="Basic " + b64encode(b"ada:secret").decode())

    def box(self) -> str:
        return self.pick("box", ("99",), ("x",), (str(2**63),))[0]

    def fields(self) -> dict[str, Any]:
        more = self.some(weight=(1.5, 10**20), marks=(["a", "b"], []), shelf=({"row": 1, "name": "x"},), id=(7,))
        odd = self.odd(colour=("grey",), weight=(0,), shelf=({"row": "one"},), marks=("a",))
        return {"colour": self.chance.choice(("red", "green", "blue")), **more, **odd}

    def add(self) -> Request:
        learn = self.keep("box", "id")
        if self.chance.random() < 0.3:
            marks = "<marks><mark>a</mark><mark>b</mark></marks>"
            colour = self.chance.choice(("red", "green", "pink"))
            text = f"<box><colour>{colour}</colour>{marks}<weight>2</weight></box>"
            return Request("POST", f"{self.base}/boxes", (("Content-Type", "application/xml"),), text.encode(), learn)
        return self.json("POST", f"{self.base}/boxes", self.fields(), learn)

    def find(self) -> Request:
        wrong = {"ids": ("1,x", ""), "marks": ("long",), "start": (-1,), "count": (10,)}
        return Request("GET", self.query(
            f"{self.base}/boxes", wrong, ids=("1,2,3",), colours=("red|blue",), marks=("a", "a&marks=b"),
            start=(0, 1, 9), count=(1, 2), colour=("red", "green"),
        ))  # fmt: skip

    def get(self) -> Request:
        request = Request("GET", f"{self.base}/boxes/{self.box()}")
        return request.having(Accept="application/xml") if self.chance.random() < 0.3 else request

    def by_form(self) -> Request:
        fields = {**self.some(colour=("red",), weight=("2.5",)), **self.odd(colour=("x" * 11,), weight=("heavy",))}
        return form(f"{self.base}/boxes/{self.box()}", [*fields.items()])

    def replace(self) -> Request:
        return self.json("PUT", f"{self.base}/boxes/{self.box()}", self.fields())

    def delete(self) -> Request:
        id = self.box()
        reason = {"X_Reason": self.chance.choice(("old", "it is empty")), **self.odd(X_Reason=("no", ""))}
        return Request("DELETE", f"{self.base}/boxes/{id}", learn=self.drop("box", (id,))).having(**reason)

    def scan(self) -> Request:
        right = {"page": self.chance.choice(("1", "2")), "file": b"\x00\xff\r\n"}
        body = part({**right, **self.odd(page=("last",), file=(b"", "text"))}, BOUNDARY)
        kind = f"multipart/form-data; boundary={self.chance.choice((*(BOUNDARY,) * 8, 'another', ''))}"
        return Request("POST", f"{self.base}/boxes/{self.box()}/scan", (("Content-Type", kind),), body)

    def label(self) -> Request:
        return Request("GET", f"{self.base}/label")


class Answers(Caller):
    """Operations that keep nothing and answer from the document."""

    app = "open"
    moves = (
        ("weather", 8), ("guess", 4), ("near", 4), ("measure", 4), ("echo", 4), ("plain", 5), ("job", 3), ("ping", 2),
        ("private", 3), ("formats", 2), ("filtered", 4), ("plan", 4),
    )  # fmt: skip
    base = "/answers"

    def opening(self) -> Iterator[Request]:
        for _ in range(4):
            yield Request("GET", f"{self.base}/ping")
        for kind in FORMATS:
            yield Request("GET", f"{self.base}/formats").having(Accept=kind)
        yield Request("GET", f"{self.base}/never")
        for page in (
            "",
            "answers/openapi.json",
            "archive/openapi.json",
            "shop/openapi.json",
            "shop/docs",
            "_mock/health",
        ):
            yield Request("GET", f"/{page}")

    def weather(self) -> Request:
        asked = {"city": self.chance.choice(("Rome", "Bergen", "Ås"))}
        asked |= self.some(days=("1", "7"), units=("metric",), at=('{"x":1,"y":2}',))
        asked |= self.odd(city=("X", ""), days=("8", "many"), units=("kelvin",), at=('{"x":"a"}', "{"))
        request = Request("GET", f"{self.base}/weather?{urlencode(asked)}")
        for name, values in (
            ("X_Trace", ("0123abcd", "0123abcd", "trace")), ("Cookie", ("theme=dark", "theme=dark", "a=b; theme=pink")),
            ("Accept", ("text/plain", "text/html, */*;q=0.1", "image/png", "application/json", "text/*")),
            ("Prefer", ("example=rainy", "code=404", "code=503", "code=500", "code=200, example=sunny", "dynamic=true",
                        "code=418", "example=foggy")),
        ):  # fmt: skip
            if self.chance.random() < 0.25:
                request = request.having(**{name: self.chance.choice(values)})
        return request

    def guess(self) -> Request:
        request = Request("GET", f"{self.base}/guess/{self.chance.choice(('1', '2', 'a%20b', '%E2%82%AC'))}")
        return request.having(Prefer="dynamic=true") if self.chance.random() < 0.4 else request

    def near(self) -> Request:
        place = {"at": ";x=1;y=2", "way": self.chance.choice((".a,b", ".a")), "ids": self.chance.choice(("1,2,3", "7"))}
        place |= self.odd(at=(";x=100;y=2", ";x=1", "x=1"), way=("a",), ids=("1,b",))
        target = f"{self.base}/places/{place['at']}/{place['way']}/near/{place['ids']}"
        wrong = {"box[x]": ("b&box[y]=2", "1")}
        return Request("GET", self.query(target, wrong, words=("a%20b", "a"), **{"box[x]": ("1&box[y]=2",)}))

    def measure(self) -> Request:
        right = {"type": "Circle", "radius": 2.5}, {"type": "Square", "side": 3, "colour": None}
        body = self.chance.choice((
            *right, *right, *right, {"type": "Circle", "radius": 0}, {"type": "Circle", "side": 1},
            {"type": "Hexagon", "side": 1}, {"radius": 1},
        ))  # fmt: skip
        kind = self.chance.choice(("application/json", "application/vnd.shape+json"))
        return self.json("POST", f"{self.base}/shapes/measure", body, kind=kind)

    def echo(self) -> Request:
        kind, content = self.chance.choice((
            ("text/plain", b"hello"), ("text/plain", "é".encode()), ("text/plain; charset=latin-1", b"h\xe9llo"),
            ("application/octet-stream", b"\x00\xff"), ("image/png", b"\x89PNG"), ("text/plain", b"x" * 31),
            ("text/plain", b"\xff"), ("video/mp4", b"a"),
        ))  # fmt: skip
        return Request("POST", f"{self.base}/echo", (("Content-Type", kind),), content)

    def plain(self) -> Request:
        return Request("GET", f"{self.base}/{self.chance.choice(('feed', 'image', 'moved', 'teapot', 'never'))}")

    def formats(self) -> Request:
        return Request("GET", f"{self.base}/formats").having(Accept=self.chance.choice(FORMATS))

    def filtered(self) -> Request:
        target = self.query(f"{self.base}/filtered", {"x": ("a",), "pair": ("x,1", "x")}, x=("1&y=2",), nothing=("",),
                            pair=("x,1,y,2",))  # fmt: skip
        request = Request("GET", target)
        for name, values in ("X_Point", ("x=1,y=2", "x=1,y=2", "x")), ("Cookie", ("ids=1,2", "ids=1,2", "ids=a")):
            if self.chance.random() < 0.3:
                request = request.having(**{name: self.chance.choice(values)})
        return request

    def plan(self) -> Request:
        nested = {"limits[cpu]": (4,), "tiers[0][upTo]": (3, "inf"), "tiers[][upTo]": (5,)}
        wrong = {"limits[cpu]": ("many",), "tiers[0]": ("3",)}
        fields = self.some(days=("1,2", "3"), **nested) | self.odd(days=("one",), limits=("4",), **wrong)
        return form(f"{self.base}/plans", [("name", self.name()), *fields.items()])

    def job(self) -> Request:
        body = {**self.some(name=(self.name(),), retries=(3,)), **self.odd(retries=(2**31, "3"))}
        return self.json("POST", f"{self.base}/jobs", body)

    def ping(self) -> Request:
        if self.chance.random() < 0.3:
            return Request("POST", "/_mock/clock?advance=61")
        return Request("GET", f"{self.base}/ping")

    def private(self) -> Request:
        request = Request("GET", f"{self.base}/private")
        basic, other = (b64encode(pair).decode() for pair in (b"ada:secret", b"ada:invalid"))
        header: dict[str, str] = self.chance.choice((
            {"Authorization": f"Basic {basic}"}, {"Authorization": f"Basic {other}"}, {"Authorization": "Bearer abc"},
            {"X_Key": "abc"}, {"X_Key": "abc", "Cookie": "ticket=abc"}, {"Cookie": "ticket=expired"}, {},
        ))  # fmt: skip
        return request.having(**header)


def form(target: str, fields: list[tuple[str, Any]], learn: Learn = nothing) -> Request:
    """A POST of fields as forms are sent."""
    kind = "application/x-www-form-urlencoded"
    return Request("POST", target, (("Content-Type", kind),), urlencode(fields).encode(), learn)


CALLERS: tuple[tuple[type[Caller], int], ...] = ((Notes, 5), (Shop, 9), (Archive, 4), (Answers, 4))
"""Who asks, and how often."""
