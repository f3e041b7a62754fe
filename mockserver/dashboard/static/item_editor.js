// One stored item: as a form made from its schema, as JSON, and its history.

import { get, part, post, put, remove } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { difference } from "./entry.js";
import { itemForm } from "./item_form.js";
import { confirmed, empty, problemBox, toast, trying } from "./notice.js";

/** Open an item, or a new one without an id. Resolves to true when something was changed. */
export async function editItem(resource, scope, id) {
  const path = `state/${part(resource.service)}/${part(resource.resource)}`;
  const found = await trying(() => Promise.all([get(`resources/${part(resource.service)}/${part(resource.resource)}`), id === undefined ? {} : get(`${path}/${part(id)}`, { query: scope })]));
  if (!found) return false;
  const [described, item] = found;
  return new Promise((resolve) => {
    const editor = new ItemEditor({ described, item, path, scope, id, resolve });
    document.body.append(editor.box);
    editor.box.showModal();
  });
}

class ItemEditor {
  constructor({ described, item, path, scope, id, resolve }) {
    Object.assign(this, { described, item, path, scope, id, resolve });
    this.isNew = id === undefined;
    this.pane = h("div.stack");
    this.wrong = h("div");
    this.invalid = h("input", { type: "checkbox", name: "invalid" });
    const modes = this.isNew ? ["Form", "JSON"] : ["Form", "JSON", "History"];
    this.tabs = modes.map((mode) => h("button", { type: "button", "aria-pressed": "false", onclick: () => this.open(mode) }, mode));
    this.box = h("dialog.wide", { "aria-labelledby": "item-title", oncancel: () => this.close(false) }, this.form());
    this.open("Form");
  }

  form() {
    const title = this.isNew ? `New ${this.described.resource}` : `${this.described.resource} ${this.id}`;
    const drop = this.isNew ? null : h("button.danger", { type: "button", onclick: () => this.remove() }, "Delete");
    const close = h("button.quiet.push", { type: "button", "aria-label": "Close", onclick: () => this.close(false) }, icon("close"));
    return h(
      "form",
      { onsubmit: (event) => (event.preventDefault(), this.save()), novalidate: true },
      h("div.line", {}, h("h2", { id: "item-title" }, title), h("div.tabs", { role: "group", "aria-label": "How to show it" }, this.tabs), close),
      this.pane,
      this.wrong,
      h("div.line", {}, drop, h("label.check.push", {}, this.invalid, "Also if it is invalid"), h("button.primary", { type: "submit", "data-act": "save" }, this.isNew ? "Add" : "Save")),
    );
  }

  /** Show the item in another way; what was typed comes along. */
  open(mode) {
    if (this.read && !this.keep()) return;
    for (const tab of this.tabs) tab.setAttribute("aria-pressed", String(tab.textContent === mode));
    this.mode = mode;
    this.read = null;
    if (mode === "Form") this.showForm();
    else if (mode === "JSON") this.showText();
    else this.showHistory();
  }

  showForm() {
    const form = itemForm(this.described, this.item, this.isNew);
    this.read = form.read;
    fill(this.pane, form.element);
  }

  showText() {
    const field = h("textarea", { rows: 18, spellcheck: "false", "aria-label": "The item as JSON" });
    field.value = JSON.stringify(this.item, null, 2);
    this.read = () => JSON.parse(field.value);
    fill(this.pane, field);
  }

  async showHistory() {
    const versions = await trying(() => get(`${this.path}/${part(this.id)}/versions`, { query: this.scope }));
    if (!versions) return;
    const shown = versions.map((each) => h("div.stack", {}, h("div.line", {}, h(`span.badge.${each.change}`, {}, each.change), h("strong", {}, `revision ${each.revision}`), each.request ? h("a", { href: `#/traffic/${each.request}`, onclick: () => this.close(false) }, `by request ${each.request}`) : h("span.soft", {}, "by hand")), difference(each.before || {}, each.after || {})));
    fill(this.pane, shown.length ? h("div.changes", {}, shown) : empty("No changes are kept", "The item is as it was at the start or before the last reset, or the journal keeps no changes."));
  }

  keep() {
    try {
      this.item = this.read();
      fill(this.wrong);
      return true;
    } catch (error) {
      fill(this.wrong, problemBox(error));
      return false;
    }
  }

  async save() {
    if (this.read && !this.keep()) return;
    const query = { ...this.scope, invalid: this.invalid.checked ? "true" : undefined };
    try {
      await (this.isNew ? post(this.path, this.item, { query }) : put(`${this.path}/${part(this.id)}`, this.item, { query }));
      toast(this.isNew ? "Added" : "Saved");
      this.close(true);
    } catch (error) {
      fill(this.wrong, problemBox(error));
    }
  }

  async remove() {
    if (!(await confirmed(`Delete ${this.described.resource} ${this.id}?`, "What is below it is deleted too.", "Delete it"))) return;
    const done = await trying(() => remove(`${this.path}/${part(this.id)}`, { query: this.scope }), "Deleted");
    if (done !== undefined) this.close(true);
  }

  close(changed) {
    this.box.close();
    this.box.remove();
    this.resolve(changed);
  }
}
