import { afterEach, beforeEach, expect, test } from "vitest";
import { namespace } from "../src/mock";
import { Shop } from "../src/shop";

let mock: ReturnType<typeof namespace>;
let shop: Shop;

beforeEach(() => {
  mock = namespace();
  shop = new Shop(mock.url, mock.headers);
});
afterEach(() => mock.end());

for (const round of [1, 2]) {
  test.concurrent(`an order of another test is not seen (${round})`, async () => {
    const mock = namespace();
    const shop = new Shop(mock.url, mock.headers);
    const [customer] = await shop.customers();

    const order = await shop.order(customer.id);

    const { data } = await mock.admin.GET("/namespaces/{name}", { params: { path: { name: mock.name } } });
    expect(order.customer_id).toBe(customer.id);
    expect(data?.revision).toBe(1);
    await mock.end();
  });
}

test("the client tries again when the service is unavailable", async () => {
  const [customer] = await shop.customers();
  const { error } = await mock.admin.POST("/overrides", {
    body: { when: { operation: "createOrder" }, then: { status: 503 }, times: 2 },
  });
  expect(error).toBeUndefined();

  const order = await shop.order(customer.id);

  expect(order.customer_id).toBe(customer.id);
  const { data, error: differences } = await mock.admin.POST("/verify", {
    body: { operation: "createOrder", count: { exactly: 3 } },
  });
  expect(differences).toBeUndefined();
  expect(data?.verified).toBe(true);
});

test("the client gives up after three attempts", async () => {
  const [customer] = await shop.customers();
  await mock.admin.POST("/overrides", {
    body: { when: { operation: "createOrder" }, then: { status: 503 } },
  });

  await expect(shop.order(customer.id)).rejects.toThrow("no order: status 503");

  const { data } = await mock.admin.GET("/requests", { params: { query: { operation: "createOrder" } } });
  expect(data?.map((entry) => entry.response?.status)).toEqual([503, 503, 503]);
});

test("the journal says why a request was refused", async () => {
  const response = await fetch(`${mock.url}/orders`, {
    method: "POST",
    headers: { ...mock.headers, "Content-Type": "application/json" },
    body: JSON.stringify({ customer: "1" }),
  });

  const number = Number(response.headers.get("Mock-Request"));
  const { data } = await mock.admin.GET("/requests/{number}/why", { params: { path: { number } } });

  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(data?.sentences.join(" ")).toContain("customer_id");
});
