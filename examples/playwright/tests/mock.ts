/** The fixture `mock`: a namespace for each test. All requests of the browser carry its header. */
import { test as base } from "@playwright/test";
import createClient from "openapi-fetch";
import type { paths } from "./admin";

const MOCK_URL = process.env.MOCK_URL ?? "http://127.0.0.1:8080";

function namespace(name: string) {
  const headers = { "Mock-Namespace": name };
  const admin = createClient<paths>({ baseUrl: `${MOCK_URL}/_mock`, headers });
  return { name, headers, admin, page: `/?api=${encodeURIComponent(`${MOCK_URL}/shop`)}` };
}

export const test = base.extend<{ mock: ReturnType<typeof namespace> }>({
  mock: async ({ context }, use) => {
    const mock = namespace(`playwright-${crypto.randomUUID()}`);
    await context.setExtraHTTPHeaders(mock.headers);
    await use(mock);
    await mock.admin.DELETE("/namespaces/{name}", { params: { path: { name: mock.name } } });
  },
});
export { expect } from "@playwright/test";
