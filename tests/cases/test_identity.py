"""Cases about ids: what an item's id is, and how it is found again."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_48_two_users_of_one_name_are_two_users(serve: Serve) -> None:
    api = serve("48-laravel")

    made = [api.post("/users", json={"name": "Sam Smith", "email": f"{n}@x.example"}).json()["data"] for n in "ab"]

    assert made == api.get("/users").json()["data"]
    assert ["a@x.example", "b@x.example"] == [each["email"] for each in made]
    assert made[1] == api.get(f"/users/{made[1]['id']}").json()["data"]


def test_40_form_bodies_show_what_was_sent_and_make_two_customers_of_one_name(serve: Serve) -> None:
    api = serve("40-stripe-form")
    form = {"content-type": "application/x-www-form-urlencoded"}
    sent = "name=Ada&balance=5&metadata[order]=7&address[city]=Rome&expand[]=default_source&tos[when][at]=3"

    first = api.post("/v1/customers", content=sent, headers=form).json()
    second = api.post("/v1/customers", content="name=Ada", headers=form).json()

    assert {"name": "Ada", "balance": 5, "metadata": {"order": "7"}, "address": {"city": "Rome"}} == {
        name: first[name] for name in ("name", "balance", "metadata", "address")
    }
    assert first["id"] != second["id"]
    assert [first, second] == api.get("/v1/customers").json()["data"]
    assert 400 == api.post("/v1/customers", content="balance=x", headers=form).status_code
    assert 400 == api.post("/v1/customers", content="nope=1", headers=form).status_code
    assert {"deleted": True, "id": first["id"]} == api.delete(f"/v1/customers/{first['id']}").json()
    assert 404 == api.get(f"/v1/customers/{first['id']}").status_code


def test_55_an_item_with_a_negative_id_is_found(serve: Serve) -> None:
    api = serve("55-negative-id")

    assert 201 == api.post("/pets", json={"id": -935, "name": "a"}).status_code

    assert {"id": -935, "name": "a"} == api.get("/pets/-935").json()
    assert 404 == api.get("/pets/-0935").status_code
    assert 404 == api.get("/pets/" + "9" * 5000).status_code


def test_36_an_item_that_nothing_creates_is_there_until_it_is_deleted(serve: Serve) -> None:
    api = serve("36-delete-only")

    assert {"id": 1, "total": 5} == api.get("/orders/1").json()
    assert [{"id": 1, "total": 2}] == api.get("/carts").json()
    assert [204, 204, 404] == [api.delete(path).status_code for path in ("/orders/1", "/carts/1", "/nothing")]
    assert [] == api.get("/carts").json()
    assert {"id": 1, "total": 5} == api.get("/users/1").json()
    assert {"id": 2, "total": 5} == api.get("/orders/2").json()


def test_50_a_path_parameter_may_have_the_name_of_the_item(serve: Serve) -> None:
    api = serve("50-inference-names")
    post = api.post("/api/blog/posts", json={"body": "x"})

    assert {"id": 1, "body": "x"} == api.get(post.headers["location"]).json()
    assert [204, 404] == [
        reply.status_code for reply in (api.delete("/api/blog/posts/1"), api.get("/api/blog/posts/1"))
    ]


def test_50_an_item_is_stored_though_its_creation_documents_no_body(serve: Serve) -> None:
    api = serve("50-inference-names")

    made = api.post("/silent", json={"t": "x"})

    assert (201, ["x"]) == (made.status_code, [item["t"] for item in api.get("/silent").json()])
    assert "x" == api.get(made.headers["location"]).json()["t"]


def test_50_a_patched_name_leaves_the_item_at_its_path(serve: Serve) -> None:
    api = serve("50-inference-names")
    one, two = (api.post("/projects", json={"name": "One"}) for _ in range(2))

    assert one.headers["location"] != two.headers["location"]
    assert 200 == api.patch(one.headers["location"], json={"name": "Two"}).status_code
    assert ["Two", "One"] == [api.get(made.headers["location"]).json()["name"] for made in (one, two)]


def test_an_item_is_found_by_its_id_and_by_its_key_where_a_path_says_or(serve: Serve) -> None:
    api = serve("id-or-key")
    first, other = (api.post("/issues", json={"title": title}).json() for title in "ab")

    assert first["key"] not in (first["id"], other["key"])
    assert [first, first] == [api.get(f"/issues/{first[name]}").json() for name in ("id", "key")]
    assert 404 == api.get("/issues/nowhere").status_code

    assert 204 == api.put(f"/issues/{first['key']}", json={"title": "c"}).status_code
    assert "c" == api.get(f"/issues/{first['id']}").json()["title"]

    comment = api.post(f"/issues/{first['key']}/comments", json={"text": "hi"}).json()
    assert [comment] == api.get(f"/issues/{first['id']}/comments").json()
    assert [] == api.get(f"/issues/{other['key']}/comments").json()

    assert 204 == api.delete(f"/issues/{first['key']}").status_code
    assert [404, 404] == [api.get(f"/issues/{first[name]}").status_code for name in ("id", "key")]
    assert [other] == api.get("/issues").json()


def test_an_app_is_found_by_its_id_and_by_its_name(serve: Serve) -> None:
    api = serve("id-or-key")

    app = api.post("/apps", json={"name": "web"}).json()

    assert [app, app] == [api.get(f"/apps/{at}").json() for at in ("web", app["id"])]


def test_an_item_is_found_by_the_name_inside_of_an_object(serve: Serve) -> None:
    api, pod = serve("inner-ids"), {"metadata": {"name": "web"}, "spec": {"image": "a"}}
    for name in ("db", "web"):
        api.post("/namespaces/d/pods", json={**pod, "metadata": {"name": name}})

    assert pod == api.get("/namespaces/d/pods/web").json()
    assert [404, 404] == [api.get(f"/namespaces/{at}").status_code for at in ("e/pods/web", "d/pods/no")]
    assert 200 == api.put("/namespaces/d/pods/web", json={**pod, "spec": {"image": "b"}}).status_code
    assert "b" == api.get("/namespaces/d/pods/web").json()["spec"]["image"]
    assert 204 == api.delete("/namespaces/d/pods/web").status_code
    assert 404 == api.get("/namespaces/d/pods/web").status_code
    assert ["db"] == [each["metadata"]["name"] for each in api.get("/namespaces/d/pods").json()["items"]]


def test_an_item_is_found_by_the_id_that_the_service_puts_inside_of_an_object(serve: Serve) -> None:
    api = serve("inner-ids")

    entry = api.post("/entries", json={"fields": {"title": "a"}}).json()

    assert entry == api.get(f"/entries/{entry['sys']['id']}").json()
