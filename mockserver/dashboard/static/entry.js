// One request of the journal: why it was answered so, what it changed, and what to do with it.

import { get, part, post } from "./api.js";
import { copy, copyButton } from "./copying.js";
import { curl } from "./curl.js";
import { h, icon } from "./dom.js";
import { exchange } from "./exchange.js";
import { clockTime, duration, short, statusClass } from "./format.js";
import { code } from "./json_view.js";
import { trying } from "./notice.js";
import { composeRequest } from "./request_editor.js";

/** The details of an entry as a card. */
export async function entryDetails(entry) {
  const about = (what) => get(`requests/${entry.number}/${what}`, { everywhere: true });
  const [why, links, services] = await Promise.all([about("why"), about("links"), get("services", { everywhere: true })]);
  const credential = services.find((each) => each.name === entry.service)?.credentials[0]?.value;
  return h(
    "article.card.entry",
    { "data-entry": entry.number, "aria-label": `Request ${entry.number}` },
    heading(entry),
    actions(entry, credential),
    reasons(entry, why),
    changes(entry),
    h("section", {}, h("h2", {}, "Request"), exchange(entry.request, "Request")),
    h("section", {}, h("h2", {}, "Response"), exchange(entry.response, "Response"), followed(links)),
  );
}

function heading(entry) {
  const status = entry.response?.status;
  const facts = [`Request ${entry.number}`, clockTime(entry.time), duration(entry.milliseconds), entry.service, entry.operation, entry.namespace, entry.caller, entry.tenant];
  const close = h("button.quiet.push", { type: "button", "data-close": "yes", "aria-label": "Close", onclick: () => (location.hash = "#/traffic") }, icon("close"));
  return h("header.stack", {}, h("div.line", {}, h(`span.badge.${statusClass(status)}`, {}, String(status ?? "no response")), h("h2.title", {}, `${entry.request.method} ${entry.request.target}`), close), h("p.soft", {}, facts.filter(Boolean).join(" · ")));
}

function actions(entry, credential) {
  const again = async () => {
    const sent = await trying(() => post("send", { number: entry.number }, { everywhere: true }));
    if (sent?.number) location.hash = `#/traffic/${sent.number}`;
  };
  return h(
    "div.line",
    {},
    h("button.primary", { type: "button", onclick: again, "data-act": "again" }, "Send again"),
    h("button", { type: "button", onclick: () => composeRequest({ entry }) }, "Edit and send"),
    h("a.button", { href: `#/faults/from/${entry.number}`, "data-act": "differently" }, "Answer this differently"),
    h("button", { type: "button", onclick: () => copy(curl(entry.request, credential)) }, "Copy as curl"),
  );
}

/** The links of the document for this response: a button for each fills in the request that follows. */
function followed(links) {
  if (!links.length) return null;
  return h("div.stack", {}, h("h3", {}, "Follow a link"), h("ul.follow", {}, links.map((link) => h("li.line", {}, follow(link), h("span.soft", {}, link.missing || link.description)))));
}

function follow(link) {
  const title = `${link.method} ${link.path}`;
  return h("button", { type: "button", title, disabled: Boolean(link.missing), "data-link": link.name, onclick: () => composeRequest({ link }) }, `${link.name}: ${title}`);
}

function reasons(entry, why) {
  const steps = why.steps.map((each) => h(`li${each.passed ? "" : ".refused"}`, {}, `${each.passed ? "✓" : "✗"} ${each.step}${each.name ? `: ${each.name.replace(/^override /, "")}` : ""}`));
  const faults = (entry.refusal?.faults || []).map((each) => h("tr", {}, h("td", {}, each.in), h("td.mono", {}, each.field || "–"), h("td", {}, each.message)));
  return h(
    "section",
    {},
    h("h2", {}, "Why"),
    h("div.sentences", {}, why.sentences.map((each) => h("p", {}, each.replaceAll("`", "")))),
    h("ol.steps", { "aria-label": "Steps of the decision" }, steps),
    faults.length ? h("div.scroll", {}, h("table", {}, h("thead", {}, h("tr", {}, ["in", "field", "what is wrong"].map((each) => h("th", {}, each)))), h("tbody", {}, faults))) : null,
    statement(why.statement),
    why.curl ? h("div.stack", {}, h("h3", {}, "This would have been accepted"), h("div.with-copy", {}, code(why.curl, { label: "A request that would have been accepted" }), copyButton(why.curl, "Copy the curl line"))) : null,
  );
}

function statement(found) {
  if (!found) return null;
  return h(
    "div.statement",
    {},
    h("div.line", {}, h("strong", {}, found.kind === "document" ? "The document" : `Statement: ${found.kind}`), h("span.badge.info", { title: "How it is known" }, found.evidence), h("span.soft", {}, found.about)),
    h("p.soft", {}, [found.source, found.where].filter(Boolean).join(" · ")),
    found.says ? h("details", {}, h("summary", {}, "What it says"), code(JSON.stringify(found.says, null, 2), { json: true, label: "The statement" })) : null,
  );
}

function changes(entry) {
  if (!entry.changes.length) return null;
  return h("section", {}, h("h2", {}, `What changed (revision ${entry.revision})`), h("div.changes", {}, entry.changes.map(change)));
}

/** One changed item, field by field. */
export function change(each) {
  const query = [each.tenant ? `t:${part(each.tenant)}` : null, each.owner ? `o:${part(each.owner)}` : null].filter(Boolean).join("/");
  const link = `#/state/${part(each.service)}/${part(each.resource)}/i:${part(each.id)}${query ? `/${query}` : ""}`;
  const head = h("div.line", {}, h(`span.badge.${each.change}`, {}, each.change), each.after ? h("a", { href: link }, `${each.resource} ${each.id ?? ""}`) : h("span", {}, `${each.resource} ${each.id ?? ""}`));
  return h("div.stack", {}, head, difference(each.before || {}, each.after || {}));
}

/** The fields in which two objects differ, as a table. */
export function difference(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const rows = changed.map((name) => h("tr", {}, h("td", {}, name), h("td.before", {}, name in before ? short(before[name], 200) : "–"), h("td.after", {}, name in after ? short(after[name], 200) : "–")));
  if (!rows.length) return h("p.soft", {}, "No field changed.");
  return h("div.scroll", {}, h("table.diff", {}, h("thead", {}, h("tr", {}, ["field", "before", "after"].map((each) => h("th", {}, each)))), h("tbody", {}, rows)));
}
