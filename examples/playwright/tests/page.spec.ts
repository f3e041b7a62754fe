import { expect, test } from "./mock";

for (const name of ["Ada", "Grace"]) {
  test(`a new customer is listed, and no customer of another test: ${name}`, async ({ page, mock }) => {
    await page.goto(mock.page);
    await expect(page.getByRole("listitem")).toHaveCount(3);

    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Add" }).click();

    await expect(page.getByRole("listitem")).toHaveCount(4);
    await expect(page.getByText(name, { exact: true })).toBeVisible();
    const { data, error } = await mock.admin.POST("/verify", {
      body: { operation: "createCustomer", count: { exactly: 1 }, json_path: { "$.name": name } },
    });
    expect(error).toBeUndefined();
    expect(data?.verified).toBe(true);
  });
}

test("the page says that the shop is unavailable", async ({ page, mock }) => {
  const { error } = await mock.admin.POST("/overrides", {
    body: { when: { operation: "listCustomers" }, then: { status: 503 }, times: 1 },
  });
  expect(error).toBeUndefined();

  await page.goto(mock.page);
  await expect(page.getByRole("alert")).toHaveText("The shop is unavailable (503).");

  await page.reload();
  await expect(page.getByRole("listitem")).toHaveCount(3);
  await expect(page.getByRole("alert")).toBeHidden();
});

test("the page says that the shop cannot be reached", async ({ page, mock }) => {
  await mock.admin.POST("/overrides", {
    body: { when: { operation: "createCustomer" }, then: { fault: { kind: "lost-reply" } } },
  });
  await page.goto(mock.page);
  await expect(page.getByRole("listitem")).toHaveCount(3);

  await page.getByLabel("Name").fill("Ada");
  await page.getByRole("button", { name: "Add" }).click();

  await expect(page.getByRole("alert")).toHaveText("The shop cannot be reached.");
  // The reply was lost, not the request. Chromium may have sent it a second time by itself, on a new connection.
  await page.reload();
  await expect(page.getByText("Ada", { exact: true }).first()).toBeVisible();
});
