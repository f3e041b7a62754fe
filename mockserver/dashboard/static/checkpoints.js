// Checkpoints of a namespace, and the way back to its start.

import { get, part, post, remove, request } from "./api.js";
import { download } from "./copying.js";
import { fill, h } from "./dom.js";
import { counted } from "./format.js";
import { confirmed, dialog, trying } from "./notice.js";
import { session } from "./session.js";

/** A card with the checkpoints; `reload` shows the state again. */
export async function checkpointCard(reload) {
  const list = h("div.stack");
  const card = h("section.card", { "aria-label": "Checkpoints" }, h("h2", {}, "Checkpoints"), list, buttons(() => draw(list, reload), reload));
  await draw(list, reload);
  return card;
}

async function draw(list, reload) {
  const kept = await get("checkpoints");
  const rows = kept.map((each) => h("div.line", {}, h("span", {}, h("strong", {}, each.name), h("span.soft", {}, ` ${counted(each.items, "item")}`)), h("button.quiet.push", { type: "button", onclick: () => restore(each.name, reload) }, "Restore"), h("button.quiet", { type: "button", "aria-label": `Remove ${each.name}`, onclick: () => forget(each.name, () => draw(list, reload)) }, "Remove")));
  fill(list, rows.length ? rows : h("p.hint", {}, "Set one, try something, and restore it."));
}

function buttons(redraw, reload) {
  const keep = async () => {
    const field = h("input", { required: true, pattern: "[A-Za-z0-9._~\\-]{1,128}", value: "before", name: "checkpoint" });
    const name = await dialog("Set a checkpoint", h("label", {}, "Name", field, h("small", {}, "Letters, digits and . _ ~ -")), { action: "Set it", read: () => field.value });
    if (name && (await trying(() => post(`checkpoints/${part(name)}`), "Checkpoint set")) !== undefined) redraw();
  };
  const reset = async () => {
    const text = `Items, faults and counts of the namespace ${session.namespace} go back to its start.`;
    if ((await confirmed("Back to the start state?", text, "Reset")) && (await trying(() => post("reset"), "Back to the start state")) !== undefined) reload();
  };
  const save = async () => {
    const response = await trying(() => request("GET", "snapshot"));
    if (response) download(`${session.namespace}.snapshot.json`, await response.text());
  };
  return h("div.line", {}, h("button", { type: "button", onclick: keep }, "Set one"), h("button", { type: "button", onclick: save, title: "Download a file for --state; it has secrets" }, "Snapshot"), h("button.danger", { type: "button", onclick: reset }, "Reset"));
}

async function restore(name, reload) {
  if ((await trying(() => post(`checkpoints/${part(name)}/restore`), `Back at ${name}`)) !== undefined) reload();
}

async function forget(name, redraw) {
  if ((await trying(() => remove(`checkpoints/${part(name)}`), "Removed")) !== undefined) redraw();
}
