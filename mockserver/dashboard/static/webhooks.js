// Webhooks: what the services send themselves, who gets it, and every delivery with its attempts.

import { get, part, post, remove } from "./api.js";
import { copyButton } from "./copying.js";
import { deliveryCard } from "./delivery.js";
import { fill, h } from "./dom.js";
import { counted } from "./format.js";
import { journal } from "./journal.js";
import { confirmed, empty, trying } from "./notice.js";
import { sendDialog, subscribeDialog } from "./webhook_dialogs.js";

export const lead = "What the services send themselves: to whom, and if it arrived.";

const PAUSE = 1000;
const MOST = 100;
const STATES = { "": "All states", waiting: "Waiting", delivered: "Delivered", failed: "Failed", refused: "Refused", dropped: "Dropped" };

export async function show(body) {
  const known = await get("webhooks", { everywhere: true });
  if (!known.length) return void fill(body, h("div.card", {}, empty("The documents describe no webhooks and no callbacks", "Describe them in the document (webhooks, callbacks), and the mock sends them.", h("a", { href: "#/" }, "Home"))));
  const subscriptions = h("section.card.flat", { "aria-label": "Subscriptions" });
  const deliveries = new DeliveryList();
  const redraw = () => Promise.all([drawSubscriptions(subscriptions, known, redraw), deliveries.load()]);
  fill(body, sources(known, redraw), subscriptions, deliveries.element);
  await redraw();
  const quietly = () => deliveries.load().catch(() => {});
  const stop = journal.onChange(quietly);
  const tick = setInterval(quietly, PAUSE);
  return () => (clearInterval(tick), stop());
}

function sources(known, redraw) {
  const rows = known.map((each) =>
    h("tr", { "data-webhook": each.name }, h("td", {}, h("strong", {}, each.name), " ", each.kind === "callback" ? h("span.badge", {}, "callback") : null), h("td", {}, occasion(each)), h("td", {}, signed(each)), h("td.actions", {}, h("button", { type: "button", "aria-label": `Send ${each.name} now`, onclick: async () => (await sendDialog(each)) && redraw() }, "Send now"))),
  );
  const head = h("tr", {}, ["name", "sent when", "signed by"].map((each) => h("th", { scope: "col" }, each)), h("td"));
  return h("section.card.flat", { "aria-label": "Webhooks" }, h("div.scroll", { tabindex: "0", role: "region", "aria-label": "Table of webhooks" }, h("table", {}, h("caption.hidden", {}, "Webhooks and callbacks"), h("thead", {}, head), h("tbody", {}, rows))), h("div.line.toolbar", {}, h("a.button", { href: "#/faults/new" }, "Add a fault"), h("p.hint", {}, "A fault of deliveries is an override of the operation that causes them: twice, late, out of order, a wrong or an old signature.")));
}

/** When a webhook or a callback is sent, in words. */
function occasion(each) {
  if (each.kind === "callback") return each.by_hand ? "by hand only" : `after ${each.operation}, to ${each.url || "an address of the document"}`;
  if (!each.sent.length) return "by hand only";
  return each.sent.map((one) => `${one.resource} ${one.changes.join(" or ")}${Object.entries(one.when || {}).map(([name, value]) => `, ${name} ${JSON.stringify(value)}`).join("")} (${one.evidence})`).join("; ");
}

const signed = (each) => (each.secret ? h("span.signed", {}, each.signature, copyButton(each.secret, `Copy the secret of ${each.name}`)) : each.signature);

async function drawSubscriptions(card, known, redraw) {
  const found = await get("subscriptions");
  const rows = found.map((each) => h("tr", { "data-subscription": each.id }, h("td", {}, each.url), h("td", {}, each.events.join(", ").replace(/^\*$/, "all")), h("td", {}, origin(each)), h("td.actions", {}, actions(each, redraw))));
  const add = h("button.primary", { type: "button", onclick: async () => (await subscribeDialog(known)) && redraw() }, "Subscribe an address");
  const head = h("tr", {}, ["address", "webhooks", "from"].map((each) => h("th", { scope: "col" }, each)), h("td"));
  const table = found.length ? h("div.scroll", { tabindex: "0", role: "region", "aria-label": "Table of subscriptions" }, h("table", {}, h("caption.hidden", {}, "Subscriptions"), h("thead", {}, head), h("tbody", {}, rows))) : empty("Nobody has subscribed", "Subscribe an address here, start with --webhook, or use the service's own operation.");
  fill(card, table, h("div.line.toolbar", {}, add, h("p.hint", {}, "Only addresses of this machine, and those of --callback-allow.")));
}

function origin(each) {
  const words = { option: "--webhook", admin: "added here" };
  const text = words[each.source] || each.source;
  if (each.is_disabled) return [text, " ", h("span.badge.failed", {}, `off after ${counted(each.failures, "failure")}`)];
  return each.failures ? [text, " ", h("span.badge", {}, counted(each.failures, "failure"))] : text;
}

function actions(each, redraw) {
  const end = async () => (await trying(() => remove(`subscriptions/${part(each.id)}`), "Removed")) !== undefined && redraw();
  const enable = async () => (await trying(() => post("enable-subscription", undefined, { query: { id: each.id } }), "Sent to again")) !== undefined && redraw();
  return [each.is_disabled ? h("button", { type: "button", onclick: enable }, "Enable") : null, each.source === "admin" ? h("button.quiet", { type: "button", "aria-label": `Remove the subscription of ${each.url}`, onclick: end }, "Remove") : null];
}

/** The deliveries of the namespace. A card is drawn again only when its delivery has changed, so that it stays open. */
class DeliveryList {
  #cards = new Map();
  #state = "";

  constructor() {
    this.list = h("div.stack");
    const clear = async () => {
      if (await confirmed("Clear the deliveries?", "What waits is not sent.", "Clear")) await trying(() => remove("deliveries"), "Cleared").then(() => this.load());
    };
    const filter = h("select", { "aria-label": "State", onchange: (event) => ((this.#state = event.target.value), this.load()) }, Object.entries(STATES).map(([value, text]) => h("option", { value }, text)));
    this.element = h("section.stack", { "aria-label": "Deliveries" }, h("div.line", {}, h("h2", {}, "Deliveries"), h("span.push.line", {}, filter, h("button.danger", { type: "button", onclick: clear }, "Clear"))), this.list);
  }

  async load() {
    const found = await get("deliveries", { query: { limit: MOST, state: this.#state } });
    const cards = new Map(found.map((each) => [each.number, this.#card(each)]));
    const isSame = cards.size === this.#cards.size && [...cards].every(([number, card]) => this.#cards.get(number) === card);
    this.#cards = cards;
    if (!isSame || !this.list.firstChild) fill(this.list, found.length ? [...cards.values()].map((each) => each.element) : h("div.card", {}, empty("No deliveries", "They show up here as they are sent.")));
  }

  #card(delivery) {
    const text = JSON.stringify(delivery);
    const old = this.#cards.get(delivery.number);
    if (old?.text === text) return old;
    const element = deliveryCard(delivery, () => this.load());
    const details = element.querySelector("details");
    details.open = old?.element.querySelector("details").open ?? false;
    return { text, element };
  }
}
