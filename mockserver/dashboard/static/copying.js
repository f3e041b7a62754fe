// The clipboard, and files to keep.

import { h, icon } from "./dom.js";
import { toast } from "./notice.js";

/** A button that copies a text. */
export function copyButton(text, label = "Copy") {
  return h("button.quiet.copy", { type: "button", title: label, "aria-label": label, onclick: () => copy(text) }, icon("copy"));
}

/** Put a text onto the clipboard; without permission it is selected in a prompt. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    window.prompt("Copy this:", text);
  }
}

/** Let the browser keep a file. */
export function download(name, content, type = "application/json") {
  const link = h("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
