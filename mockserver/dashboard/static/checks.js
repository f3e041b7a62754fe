// Checks: run a contract check of the mock or of an address, watch it, and read what it found.

import { get, part, post, remove, request } from "./api.js";
import { download } from "./copying.js";
import { fill, h } from "./dom.js";
import { findingCard } from "./finding.js";
import { seconds } from "./format.js";
import { figures } from "./home.js";
import { empty, problemBox, trying } from "./notice.js";

export const lead = "A quick contract check: does an implementation behave as its document says? The mock is checked in a namespace of its own.";

const PAUSE = 700;

export async function show(body, [first, service]) {
  const result = h("div.stack");
  const list = h("div.stack");
  const [known, services] = await Promise.all([get("checks", { everywhere: true }), get("services", { everywhere: true })]);
  const watcher = new Watcher(result, () => drawList(list));
  fill(body, known.why_not ? h("p.note", {}, known.why_not) : form(services, service, (id) => (location.hash = `#/checks/${part(id)}`)), list, result);
  await drawList(list);
  const id = first && first !== "new" ? first : known.checks[0]?.id;
  if (id && first !== "new") await watcher.open(id);
  else if (!known.checks.length && !known.why_not) fill(result, h("div.card", {}, empty("No check has run yet", "Start one above: it takes seconds for a small document.")));
  return () => watcher.stop();
}

function form(services, chosen, started) {
  const service = h("select", { name: "service" }, services.map((each) => h("option", { value: each.name, selected: each.name === chosen }, each.title)));
  const url = h("input", { name: "url", placeholder: "empty: this mock", type: "url" });
  const auth = h("input", { name: "auth", type: "password", autocomplete: "off" });
  const only = h("input", { name: "only", placeholder: "all" });
  const readOnly = h("input", { name: "read_only", type: "checkbox" });
  const wrong = h("div");
  const start = async (event) => {
    event.preventDefault();
    const wanted = { service: service.value, ...(url.value ? { url: url.value } : {}), ...(auth.value ? { auth: auth.value } : {}), ...(only.value ? { only: only.value.split(",").map((each) => each.trim()).filter(Boolean) } : {}), ...(readOnly.checked ? { read_only: true } : {}) };
    try {
      started((await post("checks", wanted, { everywhere: true })).id);
      fill(wrong);
    } catch (error) {
      fill(wrong, problemBox(error));
    }
  };
  return h("form.card", { onsubmit: start, "aria-label": "Start a check" }, h("div.fields", {}, h("label", {}, "Document", service), h("label", {}, "Base URL", url, h("small", {}, "An address on this machine")), h("label", {}, "Credential", auth), h("label", {}, "Only", only, h("small", {}, "Checks or operations, with commas: GET /pets*")), h("label.check", {}, readOnly, "Change nothing")), wrong, h("div.buttons", {}, h("button.primary", { type: "submit", "data-act": "check" }, "Check")));
}

async function drawList(list) {
  const { checks } = await get("checks", { everywhere: true });
  fill(list, checks.length > 1 ? h("div.line", {}, h("span.soft", {}, "Latest:"), checks.map((each) => h("a.button", { href: `#/checks/${part(each.id)}` }, `${each.service} `, h(`span.badge.${each.status}`, {}, each.status)))) : null);
}

class Watcher {
  #timer = null;
  #stopped = false;

  constructor(element, ended) {
    Object.assign(this, { element, ended });
  }

  /** Show a check, again and again until it has ended. */
  async open(id) {
    const found = await get(`checks/${part(id)}`, { everywhere: true });
    if (this.#stopped) return;
    fill(this.element, details(found));
    const output = this.element.querySelector(".output");
    if (output) output.scrollTop = output.scrollHeight;
    if (found.status === "running") this.#timer = setTimeout(() => this.open(id).catch(() => {}), PAUSE);
    else if (this.#timer) this.ended();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}

function details(check) {
  const running = check.status === "running";
  const stop = h("button.danger", { type: "button", onclick: () => trying(() => remove(`checks/${part(check.id)}`, { everywhere: true }), "Stopped") }, "Stop");
  const numbers = running ? { "checks so far": check.lines.filter((line) => /^[✓✗–]/.test(line)).length } : { requests: check.requests, passed: check.passed, failures: check.failures, warnings: check.warnings, skipped: check.skipped };
  return h(
    "div.stack",
    { "data-check": check.id, "data-status": check.status },
    h(`article.card${running ? ".running" : ""}`, {}, h("div.card-head", {}, h(`span.badge.${check.status}.pulse`, {}, check.status), h("h2", {}, `${check.service}: ${check.target}`), h("span.soft", {}, seconds(check.seconds)), h("span.push.line", {}, running ? stop : null, check.has_report ? h("button", { type: "button", onclick: () => save(check) }, "Report as a page") : null)), figures(numbers), output(check)),
    check.findings.map(findingCard),
    !running && !check.findings.length && check.status === "passed" ? h("div.card", {}, empty("Nothing was found", "The implementation behaves as its document says.")) : null,
  );
}

function output(check) {
  const text = h("pre.code.output", { tabindex: "0", role: "region", "aria-label": "Output" }, check.lines.join("\n") || "…");
  return check.status === "running" || check.status === "error" ? text : h("details", {}, h("summary", {}, "Output"), text);
}

async function save(check) {
  const response = await trying(() => request("GET", `checks/${part(check.id)}/report`, { everywhere: true }));
  if (response) download(`${check.service}-check.html`, await response.text(), "text/html");
}
