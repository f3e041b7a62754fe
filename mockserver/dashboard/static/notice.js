// Short messages, questions, and errors.

import { fill, h } from "./dom.js";

/** Tell something that goes away by itself. */
export function toast(text, kind = "good") {
  const message = h(`p.toast.${kind}`, {}, text);
  document.getElementById("toasts").append(message);
  setTimeout(() => message.remove(), kind === "bad" ? 8000 : 3500);
}

/** Do something, and tell what went wrong. Returns undefined then. */
export async function trying(step, done) {
  try {
    const result = await step();
    if (done) toast(done);
    return result ?? null;
  } catch (error) {
    toast(error.message, "bad");
    return undefined;
  }
}

/** A box with what is wrong; empty for null. */
export function problemBox(error) {
  if (!error) return null;
  const lines = (error.errors || []).map((each) => h("li", {}, each));
  return h("div.problem", { role: "alert" }, h("p", {}, said(error.message)), lines.length ? h("ul", {}, lines) : null);
}

/** A message of the admin API, in the words of this page. */
const said = (text) => text.replace(/`invalid: true` beside `then` answers it all the same/, "tick “May break the document” to answer it all the same").replace(/^body (then|when|override)[\w.]*: /, "");

/** What is shown where there is nothing yet: what it is, and what to do next. */
export function empty(title, ...rest) {
  return h("div.empty", {}, h("p.empty-title", {}, title), ...rest.map((each) => (typeof each === "string" ? h("p", {}, each) : each)));
}

/** A dialog with a form. Resolves to what `read` returns, or null when it is closed. One that only tells something asks nothing. */
export function dialog(title, content, { action = "OK", danger = false, read = () => true, wide = false, asks = true } = {}) {
  return new Promise((resolve) => {
    const close = (value) => {
      box.close();
      box.remove();
      resolve(value);
    };
    const form = h("form", {
      onsubmit: (event) => {
        event.preventDefault();
        const value = read();
        if (value !== undefined) close(value);
      },
    });
    fill(
      form,
      h("h2", { id: "dialog-title" }, title),
      content,
      h("div.buttons", {}, asks ? h("button", { type: "button", onclick: () => close(null) }, "Cancel") : null, h(`button.${danger ? "danger" : "primary"}`, { type: "submit" }, action)),
    );
    const box = h(wide ? "dialog.wide" : "dialog", { "aria-labelledby": "dialog-title", oncancel: () => close(null) }, form);
    document.body.append(box);
    box.showModal();
  });
}

/** Ask before something is lost. */
export const confirmed = (title, text, action) => dialog(title, h("p", {}, text), { action, danger: true });
