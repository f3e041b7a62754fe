// The admin API. Every call is about the chosen namespace, unless it says `everywhere`.

import { session } from "./session.js";

/** What the sandbox refused: its status, its detail, and a line for each field. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || `status ${status}`);
    this.status = status;
    this.errors = (body.errors || []).map((each) => each.detail).filter((each) => each && !this.message.includes(each));
  }
}

let askForToken = async () => null;

/** Set the function that asks a person for the token of the sandbox. */
export function onMissingToken(ask) {
  askForToken = ask;
}

/** Send a request and return the response. Throws Problem. */
export async function request(method, path, { query = {}, body, everywhere = false, headers = {}, signal } = {}) {
  for (;;) {
    const used = session.token;
    const response = await fetch(address(path, query), {
      method,
      signal,
      cache: "no-store",
      headers: { ...sent(everywhere), ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (response.ok) return response;
    if (response.status !== 401 || !(await renewedToken(used))) throw new Problem(response.status, await problem(response));
  }
}

/** The JSON of a response; null where there is none. Throws Problem. */
export async function call(method, path, options) {
  const response = await request(method, path, options);
  return response.status === 204 ? null : response.json();
}

export const get = (path, options) => call("GET", path, options);
export const post = (path, body, options) => call("POST", path, { ...options, body });
export const put = (path, body, options) => call("PUT", path, { ...options, body });
export const patch = (path, body, options) => call("PATCH", path, { ...options, body });
export const remove = (path, options) => call("DELETE", path, options);

/** A part of a path. */
export const part = (text) => encodeURIComponent(String(text));

function address(path, query) {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(pairs).toString();
  return `/_mock/${path}${text ? `?${text}` : ""}`;
}

function sent(everywhere) {
  const headers = everywhere ? {} : { "Mock-Namespace": session.namespace };
  return session.token ? { ...headers, Authorization: `Bearer ${session.token}` } : headers;
}

let asking = null;

/** Ask for a token, unless another request has got one since `used` was sent. */
async function renewedToken(used) {
  if (session.token !== used) return true;
  asking ??= askForToken().finally(() => (asking = null));
  const token = await asking;
  if (token) session.token = token;
  return Boolean(token);
}

async function problem(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}
