/** One namespace of the mock: requests with its header see only each other. */
import createClient from "openapi-fetch";
import type { paths } from "./admin";

export const MOCK_URL = process.env.MOCK_URL ?? "http://127.0.0.1:8080";

export function namespace() {
  const name = `vitest-${crypto.randomUUID()}`;
  const headers = { "Mock-Namespace": name };
  const admin = createClient<paths>({ baseUrl: `${MOCK_URL}/_mock`, headers });
  const end = () => admin.DELETE("/namespaces/{name}", { params: { path: { name } } });
  return { name, headers, admin, url: `${MOCK_URL}/shop`, end };
}
