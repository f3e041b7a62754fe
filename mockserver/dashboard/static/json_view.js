// JSON in colours, as text nodes.

import { h } from "./dom.js";

const TOKEN = /("(?:[^"\\]|\\.)*"(?:\s*:)?)|(\btrue\b|\bfalse\b|\bnull\b)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;
const LONGEST = 60_000;

/** A code block: JSON in colours, any other text as it is. It can be scrolled with the keyboard. */
export function code(text, { json = false, label = "text" } = {}) {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}\n… cut` : text;
  return h("pre.code", { tabindex: "0", role: "region", "aria-label": label }, json ? coloured(shown) : shown);
}

function coloured(text) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(TOKEN)) {
    parts.push(text.slice(last, found.index), h(`span.${kind(found)}`, {}, found[0]));
    last = found.index + found[0].length;
  }
  return [...parts, text.slice(last)];
}

function kind(found) {
  if (found[1]) return found[1].endsWith(":") ? "key" : "string";
  return found[2] ? "word" : "number";
}
