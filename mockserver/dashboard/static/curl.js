// A request as a curl line that works in a shell.

import { bodyText } from "./format.js";

const LEFT_OUT = new Set(["host", "content-length", "connection", "accept-encoding", "user-agent", "accept"]);
const MASK = "********";

/** The line. `credential` takes the place of a masked header. */
export function curl(request, credential) {
  const parts = ["curl"];
  if (request.method === "HEAD") parts.push("-I");
  else if (request.method !== "GET") parts.push("-X", request.method);
  parts.push(quoted(location.origin + request.target));
  for (const [name, value] of request.headers)
    if (!LEFT_OUT.has(name.toLowerCase())) parts.push("-H", quoted(`${name}: ${shown(name, value, credential)}`));
  const [text] = bodyText(request.body);
  if (request.body.bytes) parts.push("--data-raw", quoted("json" in request.body ? JSON.stringify(request.body.json) : text));
  return parts.join(" ");
}

function shown(name, value, credential) {
  if (value !== MASK || !credential) return value;
  return name.toLowerCase() === "authorization" ? `Bearer ${credential}` : credential;
}

/** A word of a POSIX shell. */
export function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
