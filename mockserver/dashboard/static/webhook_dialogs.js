// The questions before a webhook is sent by hand, and before an address is subscribed.

import { part, post } from "./api.js";
import { fill, h } from "./dom.js";
import { dialog, problemBox, toast } from "./notice.js";

const FAULTS = { "": "none", "duplicate-delivery": "twice", "late-delivery": "late", "out-of-order-delivery": "out of order", "wrong-signature": "a wrong signature", "replayed-delivery": "an old signature" };

/** Send a webhook or a callback by hand. Resolves to true when it was. */
export async function sendDialog(hook) {
  const url = h("input", { name: "url", type: "url", placeholder: "http://localhost:9000/hooks", required: hook.kind === "callback" });
  const fault = h("select", { name: "fault" }, Object.entries(FAULTS).map(([value, text]) => h("option", { value }, text)));
  const own = h("textarea", { name: "body", placeholder: "empty: an example about the newest item", spellcheck: "false" });
  const hint = hook.kind === "callback" ? null : h("small", {}, "Empty: to all who have subscribed to it");
  const content = h("div.stack", {}, h("label", {}, "Address", url, hint), h("label", {}, "Fault", fault), h("label", {}, "Body, as JSON", own));
  const send = () => post(`webhooks/${part(hook.name)}/send`, { service: hook.service, ...(url.value ? { url: url.value } : {}), ...(fault.value ? { fault: fault.value } : {}), ...(own.value.trim() ? { body: JSON.parse(own.value) } : {}) });
  return asked(`Send ${hook.name}`, content, "Send", send, "Sent");
}

/** Subscribe an address to webhooks of this namespace. Resolves to true when it was. */
export async function subscribeDialog(hooks) {
  const url = h("input", { name: "url", type: "url", required: true, placeholder: "http://localhost:9000/hooks" });
  const secret = h("input", { name: "secret", autocomplete: "off", placeholder: "empty: that of the service" });
  const names = [...new Set(hooks.filter((each) => each.kind === "webhook").map((each) => each.name))];
  const events = h("select", { name: "event" }, h("option", { value: "" }, "all"), names.map((each) => h("option", { value: each }, each)));
  const content = h("div.stack", {}, h("label", {}, "Address", url), h("label", {}, "Webhook", events), h("label", {}, "Secret", secret));
  const subscribe = () => post("subscriptions", { url: url.value, ...(events.value ? { events: [events.value] } : {}), ...(secret.value ? { secret: secret.value } : {}) });
  return asked("Subscribe an address", content, "Subscribe", subscribe, "Subscribed");
}

/** A dialog that stays open with the reason while `act` is refused. */
async function asked(title, content, action, act, done) {
  for (let wrong = null; ; ) {
    if ((await dialog(title, h("div.stack", {}, content, wrong), { action })) === null) return false;
    try {
      await act();
      toast(done);
      return true;
    } catch (error) {
      wrong = fill(h("div"), problemBox(error));
    }
  }
}
