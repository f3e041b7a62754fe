// One delivery: where it went, each attempt, and what was sent.

import { part, post } from "./api.js";
import { h } from "./dom.js";
import { clockTime, duration, statusClass } from "./format.js";
import { code } from "./json_view.js";
import { trying } from "./notice.js";

const SIGNATURE = /signature/;
const COLOURS = { delivered: "passed", failed: "failed", refused: "failed", dropped: "failed", waiting: "running" };

/** A delivery as a card; `reload` is called when it was sent again. */
export function deliveryCard(each, reload) {
  const again = () => trying(() => post(`webhooks/${part(each.event)}/send`, { service: each.service, url: each.url, body: each.body }), "Sent again").then((sent) => sent && reload());
  return h(
    "article.card",
    { "data-delivery": each.number, "data-state": each.state },
    h("div.card-head", {}, h(`span.badge.${COLOURS[each.state]}`, {}, each.state), h("h3", {}, `${each.number}  ${each.event}`), h("span.soft", {}, `${each.method} ${each.url}`), each.fault ? h("span.badge.warning", {}, each.fault) : null, h("span.push.line", {}, statuses(each), h("button", { type: "button", "aria-label": `Send delivery ${each.number} again`, onclick: again }, "Send again"))),
    each.reason ? h("p.note", {}, each.reason) : null,
    h("details", {}, h("summary", {}, `Attempts, signature and body of delivery ${each.number}`), h("div.stack", {}, cause(each), attempts(each), signature(each), fields(each), code(typeof each.body === "string" ? each.body : JSON.stringify(each.body, null, 2), { json: typeof each.body !== "string", label: `Body of delivery ${each.number}` }))),
  );
}

function statuses(each) {
  if (!each.attempts.length) return h("span.soft", {}, "not sent yet");
  return each.attempts.map((one) => h(`span.badge.${statusClass(one.status)}`, {}, String(one.status ?? "no response")));
}

function cause(each) {
  return h("p.soft", {}, `${each.kind}, made at ${clockTime(each.created)}`, each.request === null ? ", sent by hand" : [" by ", h("a", { href: `#/traffic/${each.request}` }, `request ${each.request}`)], each.subscription ? `, for subscription ${each.subscription}` : "");
}

function attempts(each) {
  if (!each.attempts.length) return null;
  const rows = each.attempts.map((one, at) => h("tr", {}, h("td", {}, String(at + 1)), h("td", {}, clockTime(one.began)), h("td", {}, String(one.status ?? "no response")), h("td", {}, one.error || one.body || "–"), h("td", {}, duration(one.seconds * 1000))));
  return h("div.scroll", { tabindex: "0", role: "region", "aria-label": `Attempts of delivery ${each.number}` }, h("table", {}, h("caption.hidden", {}, `Attempts of delivery ${each.number}`), h("thead", {}, h("tr", {}, ["attempt", "at", "status", "response", "took"].map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows)));
}

/** How the last attempt was signed, and if that was wrong on purpose. */
function signature(each) {
  const signed = each.headers.find(([name]) => SIGNATURE.test(name));
  if (!signed) return h("p.soft", {}, each.attempts.length ? "Not signed." : "It is signed when it is sent.");
  const wrong = { "wrong-signature": "The signature is wrong on purpose: the receiver should refuse it.", "replayed-delivery": "Signed an hour ago on purpose: the receiver should refuse it." }[each.fault];
  return h("p", { "data-signed": wrong ? "wrong" : "yes" }, wrong || `Signed in ${signed[0]}.`);
}

function fields(each) {
  return h("dl.pairs", {}, each.headers.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}
