// The keys: / searches, j and k (or the arrows in a list) go on, Escape closes, 1 to 7 are the views.

import { dialog } from "./notice.js";
import { h } from "./dom.js";

const VIEWS = ["", "traffic", "state", "faults", "webhooks", "namespaces", "checks"];
const KEYS = [["/", "search"], ["j, k", "next and previous request"], ["Esc", "close"], ["1 to 7", "the views"], ["?", "these keys"]];

/** Listen for keys that are not for a field. */
export function installKeys() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return close(event);
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = ACTS[event.key] || (/^[1-7]$/.test(event.key) ? () => (location.hash = `#/${VIEWS[event.key - 1]}`) : null);
    if (act) {
      event.preventDefault();
      act();
    }
  });
}

const ACTS = { "/": search, j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), "?": help };

function search() {
  document.querySelector("main input[type=search]")?.focus();
}

function step(by) {
  const rows = [...document.querySelectorAll("main .row")];
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  if (!next) return;
  next.click();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function close(event) {
  const button = document.querySelector("main [data-close]");
  if (event.target.matches("input, textarea, select")) event.target.blur();
  else button?.click();
}

function help() {
  const rows = KEYS.map(([key, does]) => [h("dt", {}, key), h("dd", {}, does)]);
  dialog("Keys", h("dl.pairs", {}, rows), { action: "Close", asks: false });
}
