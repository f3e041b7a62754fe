// Traffic: requests as they come, and one of them in detail.

import { get, request } from "./api.js";
import { download } from "./copying.js";
import { fill, h } from "./dom.js";
import { entryDetails } from "./entry.js";
import { clockTime, duration, statusClass } from "./format.js";
import { journal } from "./journal.js";
import { confirmed, empty, trying } from "./notice.js";
import { composeRequest } from "./request_editor.js";
import { session } from "./session.js";

export const lead = "Requests as they are answered. Open one to see why.";

const CLASSES = { "": "All statuses", s2: "2xx", s3: "3xx", s4: "4xx", s5: "5xx", s0: "No response" };
const MOST_SHOWN = 300;

let choose = null;

/** Open another entry of the view that is there. */
export function update([number]) {
  choose?.(Number(number) || null);
  return Boolean(choose);
}

export async function show(body, [first]) {
  const filter = { text: "", kind: "", own: session.namespace !== "default", paused: false };
  const rows = h("ol.rows", { "aria-label": "Requests, the latest first" });
  const list = h("div.card.flat", {}, rows);
  const detail = h("div");
  const layout = h("div.traffic", {}, h("div.list.stack", {}, filters(filter, redraw), list), detail);
  let current = null;
  let known = new Set(journal.entries.map((each) => each.number));

  function redraw() {
    const focused = rows.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const found = journal.entries.filter((each) => matches(each, filter)).slice(0, MOST_SHOWN);
    if (found.length) fill(list, rows);
    else fill(list, nothing());
    fill(rows, found.map((each) => h("li", {}, row(each, current, !known.has(each.number)))));
    known = new Set(journal.entries.map((each) => each.number));
    if (focused) focus(focused);
  }

  /** The rows are new ones, so without this the keyboard would begin at the top of the page again. */
  const focus = (href) => rows.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });

  async function open(number) {
    const left = current;
    current = number;
    layout.classList.toggle("open", number !== null);
    redraw();
    if (number === null) {
      fill(detail);
      return left === null ? null : focus(`#/traffic/${left}`);
    }
    try {
      const entry = journal.entry(number) || (await get(`requests/${number}`, { everywhere: true }));
      if (current === number) fill(detail, await entryDetails(entry));
    } catch (error) {
      fill(detail, h("div.card", {}, empty("This request is not kept", error.message)));
    }
  }

  const stop = journal.onChange((fresh) => {
    if (!filter.paused || !fresh.length) redraw();
  });
  choose = open;
  fill(body, layout);
  await open(Number(first) || null);
  return () => {
    stop();
    choose = null;
  };
}

function nothing() {
  if (journal.status === "off") return empty("This sandbox keeps no journal", "Start it without --journal 0 to see requests here.");
  if (journal.entries.length) return empty("No request matches", "Change the search or the filter.");
  const compose = h("button.primary", { type: "button", onclick: () => composeRequest() }, "Send a request");
  return empty("No requests yet", "Send one to the base URL of a service, or from here. It shows up at once.", compose);
}

function row(entry, current, isFresh) {
  const status = entry.response?.status;
  return h(
    `a.row${isFresh ? ".fresh" : ""}`,
    { href: `#/traffic/${entry.number}`, "aria-current": entry.number === current ? "true" : null },
    h("span.time", {}, clockTime(entry.time)),
    h(`span.method.${/^[A-Z]+$/.test(entry.request.method) ? entry.request.method : "other"}`, {}, entry.request.method),
    h("span.path", { title: entry.request.target }, entry.request.target),
    h("span.who", {}, [entry.operation || "no operation", entry.namespace === "default" ? null : entry.namespace, entry.caller === "anonymous" ? null : entry.caller].filter(Boolean).join(" · ")),
    h("span", {}, h(`span.badge.${statusClass(status)}`, {}, String(status ?? "none"))),
    h("span.took", {}, duration(entry.milliseconds)),
  );
}

function matches(entry, filter) {
  if (filter.own && entry.namespace !== session.namespace) return false;
  if (filter.kind && statusClass(entry.response?.status) !== filter.kind) return false;
  if (!filter.text) return true;
  const { request, response } = entry;
  const text = [request.method, request.target, entry.service, entry.operation, entry.caller, entry.namespace, response?.status, text_of(request.body), text_of(response?.body)];
  return filter.text.toLowerCase().split(/\s+/).every((word) => text.join(" ").toLowerCase().includes(word));
}

const text_of = (body) => (!body ? "" : "json" in body ? JSON.stringify(body.json) : body.text || "");

function filters(filter, redraw) {
  const set = (name, value) => {
    filter[name] = value;
    redraw();
  };
  const pause = h("button", { type: "button", "aria-pressed": "false" }, "Pause");
  pause.onclick = () => {
    set("paused", !filter.paused);
    pause.textContent = filter.paused ? "Resume" : "Pause";
    pause.setAttribute("aria-pressed", String(filter.paused));
  };
  const clear = async () => {
    if (await confirmed("Clear the journal?", "The journal of all namespaces becomes empty. Stored items stay.", "Clear")) await trying(() => journal.clear(), "The journal is empty");
  };
  return h(
    "div.filters",
    {},
    h("input", { type: "search", placeholder: "Search requests  ( / )", "aria-label": "Search requests", oninput: (event) => set("text", event.target.value) }),
    h("select", { "aria-label": "Status", onchange: (event) => set("kind", event.target.value) }, Object.entries(CLASSES).map(([value, text]) => h("option", { value }, text))),
    h("label.check", {}, h("input", { type: "checkbox", checked: filter.own, onchange: (event) => set("own", event.target.checked) }), "This namespace only"),
    pause,
    h("button", { type: "button", onclick: () => composeRequest() }, "New request"),
    h("button", { type: "button", onclick: saveHar, title: "HTTP Archive, which browsers and other tools import" }, "HAR"),
    h("button.danger", { type: "button", onclick: clear }, "Clear"),
  );
}

async function saveHar() {
  const response = await trying(() => request("GET", "har", { everywhere: true }));
  if (response) download("mockserver.har", await response.text());
}
