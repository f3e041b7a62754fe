// A request to write by hand, and to send.

import { get, part, post } from "./api.js";
import { h } from "./dom.js";
import { bodyText } from "./format.js";
import { dialog, problemBox, trying } from "./notice.js";

const LEFT_OUT = new Set(["host", "content-length", "connection", "transfer-encoding"]);

/** Open the editor, filled with an entry of the journal, a link of one, or an example; then show what came back. */
export async function composeRequest({ entry, link } = {}) {
  const operations = entry || link ? [] : await trying(() => get("operations", { everywhere: true }));
  if (!operations) return;
  const fields = makeFields(entry);
  let base = entry ? { number: entry.number } : link ? { service: link.service, operation: link.operation } : {};
  if (link) fields.write(link.request);
  const use = async (value) => {
    const chosen = operations[value];
    if (!chosen) return;
    const found = await trying(() => get(`operations/${part(chosen.service)}`, { query: { operation: chosen.operation } }));
    if (!found) return;
    base = { service: chosen.service, operation: chosen.operation };
    fields.write(found.request);
  };
  const options = operations.map((each, at) => h("option", { value: at }, `${each.method} ${each.path}${each.summary ? ` – ${each.summary}` : ""}`));
  const picker = h("label", {}, "Example of an operation", h("select", { onchange: (event) => use(event.target.value) }, h("option", { value: "" }, "Choose…"), options));
  const wanted = await dialog("Send a request", [entry || link ? null : picker, fields.element], { action: "Send", read: () => fields.read(base), wide: true });
  if (!wanted) return;
  const sent = await trying(() => post("send", wanted, { everywhere: Boolean(link) })); // a link names its namespace itself
  if (sent?.number) location.hash = `#/traffic/${sent.number}`;
}

function makeFields(entry) {
  const method = h("input", { required: true, value: "GET", size: 8, pattern: "[A-Za-z]+", name: "method" });
  const target = h("input", { required: true, value: "/", name: "target" });
  const headers = h("textarea", { rows: 4, name: "headers", spellcheck: "false" });
  const body = h("textarea", { rows: 8, name: "body", spellcheck: "false" });
  const wrong = h("div");
  const write = (request) => {
    method.value = request.method;
    target.value = request.target;
    headers.value = request.headers.filter(([name]) => !LEFT_OUT.has(name)).map((pair) => pair.join(": ")).join("\n");
    body.value = request.body.bytes ? bodyText(request.body)[0] : "";
  };
  if (entry) write(entry.request);
  const unchanged = entry ? body.value : null; // the journal has its bytes, and secrets that are masked here
  const read = (base) => {
    try {
      return { ...base, method: method.value.trim(), target: target.value.trim(), headers: pairs(headers.value), ...(body.value === unchanged ? {} : { body: body.value }) };
    } catch (error) {
      wrong.replaceChildren(problemBox(error));
      return undefined;
    }
  };
  const hint = "One a line, as “name: value”. A value of ******** stays as it was sent.";
  const element = h("div.stack", {}, h("div.fields", {}, h("label", {}, "Method", method), h("label.whole", {}, "Path with query", target), h("label.whole", {}, "Headers", headers, h("small", {}, hint)), h("label.whole", {}, "Body", body)), wrong);
  return { element, read, write };
}

function pairs(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
    const at = line.indexOf(":");
    if (at < 1) throw new Error(`“${line}” is no header: write it as “name: value”`);
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
}
