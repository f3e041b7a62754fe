// Faults: what is answered differently in this namespace, and the editor for it.

import { get, part, patch, remove } from "./api.js";
import { fill, h } from "./dom.js";
import { counted, seconds } from "./format.js";
import { code } from "./json_view.js";
import { journal } from "./journal.js";
import { confirmed, empty, trying } from "./notice.js";
import { overrideEditor } from "./override_editor.js";

export const lead = "Overrides answer some requests differently: another response, an error, a delay, a broken connection.";

export async function show(body, [what, number]) {
  if (what === "new") return overrideEditor(body, {});
  if (what === "from") return overrideEditor(body, { entry: journal.entry(Number(number)) || (await get(`requests/${part(number)}`, { everywhere: true })) });
  if (what === "edit") return overrideEditor(body, { override: await get(`overrides/${part(number)}`) });
  const list = h("div.stack");
  fill(body, list);
  await draw(list);
  const tick = setInterval(() => document.activeElement?.closest("[data-override]") === null && draw(list).catch(() => {}), 2000);
  return () => clearInterval(tick);
}

async function draw(list) {
  const [set, clock] = await Promise.all([get("overrides"), get("clock")]);
  const clear = async () => {
    if ((await confirmed("Remove all overrides?", "The mock answers by its document again.", "Remove them")) && (await trying(() => remove("overrides"), "Removed")) !== undefined) draw(list);
  };
  const add = h("a.button", { href: "#/faults/new" }, "Add an override");
  if (!set.length) return fill(list, h("div.card", {}, empty("Everything is answered by the document", "Add an override to see how your client copes with an error, a slow or a broken connection.", add)));
  fill(list, h("div.line", {}, add, h("button.danger", { type: "button", onclick: clear }, "Remove all"), h("p.hint", {}, "The first that matches a request answers it.")), set.map((each) => card(each, clock.now, () => draw(list))));
}

function card(override, now, redraw) {
  const toggle = h("input", { type: "checkbox", role: "switch", checked: override.enabled, "aria-label": `Override ${override.id} is on`, onchange: async () => (await trying(() => patch(`overrides/${part(override.id)}`, { enabled: toggle.checked })), redraw()) });
  const drop = async () => (await trying(() => remove(`overrides/${part(override.id)}`), "Removed")) !== undefined && redraw();
  return h(
    `article.card${override.is_active ? "" : ".over"}`,
    { "data-override": override.id },
    h("div.card-head", {}, h("span.switch", {}, toggle), h("h2", {}, answerOf(override.then)), h("span.badge", {}, stateOf(override)), h("span.push.line", {}, h("a.button", { href: `#/faults/edit/${part(override.id)}` }, "Edit"), h("button.danger", { type: "button", "aria-label": `Remove override ${override.id}`, onclick: drop }, "Remove"))),
    h("p", {}, `For ${conditionOf(override.when)}. ${limitsOf(override, now)}`),
    override.note ? h("p.note", {}, override.note) : null,
    h("details", {}, h("summary", {}, "As JSON"), code(JSON.stringify(wanted(override), null, 2), { json: true, label: `Override ${override.id}` })),
  );
}

/** An override without what the sandbox adds to it. */
export function wanted({ id, namespace, applied, is_active, ends_at, fault_ends_at, ...rest }) {
  return rest;
}

function stateOf(override) {
  const applied = `answered ${counted(override.applied, "request")}`;
  if (!override.enabled) return `off, ${applied}`;
  return override.is_active ? applied : `over, ${applied}`;
}

/** How much time is left: `expires` goes by the clock of the machine, a fault by that of the namespace. */
function left(override, now) {
  const ends = [override.ends_at ? (new Date(override.ends_at) - Date.now()) / 1000 : null, override.fault_ends_at ? new Date(override.fault_ends_at) / 1000 - now : null].filter((each) => each !== null);
  return ends.length ? `${seconds(Math.max(0, Math.min(...ends)))} left.` : null;
}

function limitsOf(override, now) {
  const parts = [
    override.times ? `${counted(override.times, "time")} at most.` : null,
    override.after ? `It lets ${counted(override.after, "request")} pass first.` : null,
    override.probability !== undefined ? `With a probability of ${override.probability}.` : null,
    left(override, now),
    override.invalid ? "It may break the document." : null,
  ];
  return parts.filter(Boolean).join(" ");
}

/** Which requests an override is for, in words. */
export function conditionOf(when = {}) {
  const parts = Object.entries(when).map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return parts.length ? parts.join(", ") : "every request";
}

/** What an override answers, in words. */
export function answerOf(then) {
  if (Array.isArray(then)) return `In turn: ${then.slice(0, 4).map(answerOf).join(", then ")}${then.length > 4 ? "…" : ""}`;
  const kinds = { status: (v) => `Status ${v}`, example: (v) => `Example ${v}`, patch: () => "A changed response", refusal: (v) => `Error ${v}`, fault: (v) => `Fault ${v.kind ?? v}`, forward: (v) => `Forwarded to ${v}`, headers: () => "More headers", pass: () => "As usual" };
  const name = Object.keys(kinds).find((each) => each in then);
  const delay = then.delay === undefined ? "" : ` after ${delayOf(then.delay)}`;
  return name ? kinds[name](then[name]) + delay : `As usual${delay}`;
}

/** A delay in words: seconds, a text such as `500ms`, or one that is drawn. */
export function delayOf(delay) {
  return { number: `${delay} s`, string: delay }[typeof delay] ?? "a random delay";
}
