// The token of a sandbox that other machines can reach. It is kept in this tab only.

import { h } from "./dom.js";
import { dialog } from "./notice.js";

/** Ask for the token; null when the person gives none. */
export function askForToken() {
  const field = h("input", { type: "password", required: true, autocomplete: "off", name: "token" });
  const text = "Other machines can reach this sandbox, so it needs its token. `mockserver serve` printed it when it started.";
  return dialog("This sandbox needs its token", [h("p.soft", {}, text), h("label", {}, "Token", field)], { action: "Use it", read: () => field.value.trim() });
}
