// Namespaces: the worlds of the sandbox, and the clock of the chosen one.

import { get, part, post, put, remove } from "./api.js";
import { fill, h } from "./dom.js";
import { seconds } from "./format.js";
import { confirmed, dialog, trying } from "./notice.js";
import { session } from "./session.js";

export const lead = "Namespaces are worlds of their own above one start state. Requests choose one with the header Mock-Namespace.";

const STEPS = { "1 minute": 60, "1 hour": 3600, "1 day": 86_400, "30 days": 2_592_000 };

export async function show(body) {
  const card = h("section.card.flat", { "aria-label": "Namespaces" });
  const clock = h("section.card", { "aria-label": "Clock" });
  fill(body, h("div.columns", {}, card, clock));
  const drawClock = (found) => fill(clock, ...clockParts(found, drawClock));
  await Promise.all([draw(card), get("clock").then(drawClock)]);
  const tick = setInterval(() => get("clock").then((found) => document.activeElement?.closest("section") !== clock && drawClock(found), () => {}), 2000);
  return () => clearInterval(tick);
}

async function draw(card) {
  const known = await get("namespaces", { everywhere: true });
  const rows = known.map((each) => h("tr", { "data-namespace": each.name }, h("td", {}, h("strong", {}, each.name), " ", each.name === session.namespace ? h("span.badge.info", {}, "shown here") : null), h("td", {}, String(each.items)), h("td", {}, String(each.revision)), h("td", {}, each.name === "default" ? "–" : `${seconds(each.idle_seconds)} ago`), h("td.actions", {}, buttons(each, () => draw(card)))));
  const head = h("tr", {}, ["name", "items", "changes", "last used"].map((each) => h("th", { scope: "col" }, each)), h("td"));
  fill(card, h("div.scroll", {}, h("table", {}, h("caption.hidden", {}, "Namespaces in use"), h("thead", {}, head), h("tbody", {}, rows))), h("div.line.toolbar", {}, h("button.primary", { type: "button", onclick: () => begin(card) }, "Begin a namespace"), h("p.hint", {}, "A namespace also begins with the first request that names it.")));
}

function buttons(each, redraw) {
  const end = async () => {
    if (!(await confirmed(`End ${each.name}?`, "Its items, overrides and requests are lost.", "End it"))) return;
    if ((await trying(() => remove(`namespaces/${part(each.name)}`, { everywhere: true }), "Ended")) === undefined) return;
    if (session.namespace === each.name) session.namespace = "default";
    else redraw();
  };
  return [h("button.quiet", { type: "button", "aria-label": `Show ${each.name}`, onclick: () => (session.namespace = each.name) }, "Show"), each.name === "default" ? null : h("button.quiet", { type: "button", "aria-label": `End ${each.name}`, onclick: end }, "End")];
}

async function begin(card) {
  const field = h("input", { required: true, pattern: "[A-Za-z0-9._~\\-]{1,128}", name: "namespace" });
  const name = await dialog("Begin a namespace", h("label", {}, "Name", field, h("small", {}, "Letters, digits and . _ ~ -")), { action: "Begin", read: () => field.value });
  if (name && (await trying(() => put(`namespaces/${part(name)}`, undefined, { everywhere: true }), `${name} has begun`))) draw(card);
}

function clockParts(found, redraw) {
  const steer = (change) => trying(() => post("clock", change)).then((now) => now && redraw(now));
  const moment = h("input", { type: "datetime-local", step: "1", value: found.time.slice(0, 19), "aria-label": "Time in UTC" });
  return [
    h("h2", {}, `Clock of ${session.namespace}`),
    h("dl.numbers", {}, h("div", {}, h("dt", {}, found.is_frozen ? "UTC, frozen" : "UTC, running"), h("dd", { "data-clock": found.time }, found.time.replace("T", "  ").slice(0, 20)))),
    h("p.hint", {}, "Timestamps, rate limits and faults of this namespace go by this clock."),
    h("div.line", {}, found.is_frozen ? h("button", { type: "button", onclick: () => steer({ resume: true }) }, "Resume") : h("button", { type: "button", onclick: () => steer({ freeze: true }) }, "Freeze"), Object.entries(STEPS).map(([text, advance]) => h("button", { type: "button", onclick: () => steer({ advance }) }, `+ ${text}`))),
    h("div.line", {}, moment, h("button", { type: "button", onclick: () => steer({ set: `${moment.value}Z` }) }, "Set")),
  ];
}
