// A request or a response: its header fields, and its body.

import { copyButton } from "./copying.js";
import { h } from "./dom.js";
import { bodyText, counted } from "./format.js";
import { code } from "./json_view.js";

/** Header fields behind a summary, and the body. Null for no message. */
export function exchange(message, label, { headers = true } = {}) {
  if (!message) return h("p.soft", {}, `There is no ${label.toLowerCase()}.`);
  return h("div.stack", {}, headers ? fields(message.headers, label) : null, body(message.body, label));
}

function fields(headers, label) {
  if (!headers.length) return null;
  const pairs = headers.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h("details", {}, h("summary", {}, `${label} headers (${headers.length})`), h("dl.pairs", {}, pairs));
}

function body(content, label) {
  if (!content.bytes) return h("p.soft", {}, "No body.");
  const [text, json] = bodyText(content);
  const cut = content.is_cut ? h("p.hint", {}, `Cut: the whole body has ${counted(content.bytes, "byte")}.`) : null;
  return h("div.stack", {}, h("div.with-copy", {}, code(text, { json, label: `${label} body` }), copyButton(text, `Copy the ${label.toLowerCase()} body`)), cut);
}
