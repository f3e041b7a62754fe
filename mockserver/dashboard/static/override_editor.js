// The editor of an override: fields or JSON, with a preview of what a client will get.

import { get, post, put, part } from "./api.js";
import { fill, h } from "./dom.js";
import { exchange } from "./exchange.js";
import { statusClass } from "./format.js";
import { delayOf, wanted } from "./faults.js";
import { problemBox, toast } from "./notice.js";
import { fieldsOf, overrideFields } from "./override_fields.js";

const PAUSE = 350;

/** Show the editor: for a new override, one like the response of a journal entry, or one that is set. */
export async function overrideEditor(body, { entry, override }) {
  const operations = await get("operations", { everywhere: true });
  let value = override ? wanted(override) : entry ? fromEntry(entry) : { when: { operation: operations[0]?.operation }, then: { delay: 2 } };
  const pane = h("div.stack");
  const preview = h("section.card", { "aria-label": "Preview", "aria-live": "polite" });
  const tabs = ["Fields", "JSON"].map((mode) => h("button", { type: "button", "aria-pressed": "false", onclick: () => open(mode) }, mode));
  const save = h("button.primary", { type: "submit", "data-act": "save" }, override ? "Save" : "Answer like this");
  const form = h("form.card", { onsubmit: (event) => (event.preventDefault(), store()), novalidate: true }, h("div.card-head", {}, h("h2", {}, override ? `Override ${override.id}` : "New override"), h("div.tabs.push", { role: "group", "aria-label": "How to write it" }, tabs)), pane, h("div.buttons", {}, h("a.button", { href: "#/faults", "data-close": "yes" }, "Cancel"), save));
  let due = null;
  let latest = 0;

  function open(mode) {
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.textContent === mode));
    fill(pane, mode === "JSON" ? textOf(value, changed) : overrideFields(fieldsOf(value), operations, changed));
  }

  function changed(next) {
    value = next;
    clearTimeout(due);
    due = setTimeout(tryIt, PAUSE);
  }

  async function tryIt() {
    const number = ++latest;
    if (value instanceof Error) return fill(preview, h("h2", {}, "What a client gets"), problemBox(value));
    const request = entry ? { request: { number: entry.number } } : {};
    try {
      const found = await post("preview", { override: value, ...request });
      if (number === latest) fill(preview, ...previewParts(found));
    } catch (error) {
      if (number === latest) fill(preview, h("h2", {}, "What a client gets"), problemBox(error));
    }
  }

  async function store() {
    if (value instanceof Error) return;
    try {
      await (override ? put(`overrides/${part(override.id)}`, value) : post("overrides", value));
      toast(override ? "Saved" : "It applies from the next request on");
      location.hash = "#/faults";
    } catch (error) {
      fill(preview, h("h2", {}, "This cannot be set"), problemBox(error));
    }
  }

  open(fieldsOf(value) ? "Fields" : "JSON");
  tabs[0].disabled = !fieldsOf(value);
  fill(body, h("div.columns", {}, form, preview));
  await tryIt();
  return () => clearTimeout(due);
}

function fromEntry(entry) {
  const when = entry.operation ? { service: entry.service, operation: entry.operation } : { method: entry.request.method, path: entry.request.target.split("?")[0] };
  const response = entry.response;
  if (!response) return { when, then: { status: 500 } };
  const then = { status: response.status };
  if ("json" in response.body) then.body = response.body.json;
  return { when, then, ...(entry.operation ? {} : { invalid: true }) };
}

function textOf(value, changed) {
  const field = h("textarea", { rows: 20, spellcheck: "false", "aria-label": "The override as JSON" });
  field.value = value instanceof Error ? value.text : JSON.stringify(value, null, 2);
  field.oninput = () => {
    try {
      changed(JSON.parse(field.value));
    } catch (error) {
      changed(Object.assign(new Error(`This is no JSON: ${error.message}`), { text: field.value }));
    }
  };
  return h("div.stack", {}, field, h("p.hint", {}, "All that is possible is described at ", h("a", { href: "/_mock/docs#/overrides/addOverride" }, "the admin API"), "."));
}

function previewParts(found) {
  const about = found.count === 1 ? `It is about the operation ${found.operations[0]}.` : found.count ? `It is about ${found.count} operations: ${found.operations.slice(0, 6).join(", ")}${found.count > 6 ? "…" : ""}.` : "It is about no operation of the document.";
  return [h("h2", {}, "What a client gets"), h("p.soft", {}, about), ...found.answers.map((each, at) => answer(each, found.answers.length > 1 ? `${at + 1}. ` : ""))];
}

function answer(each, place) {
  const status = each.response?.status;
  const delay = each.delay === null ? null : h("span.badge", {}, `after ${delayOf(each.delay)}`);
  return h(
    "div.stack",
    {},
    h("div.line", {}, h("strong", {}, `${place}${each.request.method} ${each.request.target}`), h(`span.badge.${statusClass(status)}`, {}, String(status ?? "no response")), delay),
    each.applied ? null : h("p.note", {}, "This request is not one of those that it is for, so it is answered as usual."),
    each.broken ? h("p.note", {}, each.broken) : null,
    each.response ? exchange(each.response, "Response") : null,
  );
}
