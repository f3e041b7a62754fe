// The frame: links to the views, the namespace, the theme, and the keys.

import { get, onMissingToken } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { journal } from "./journal.js";
import { installKeys } from "./keyboard.js";
import { empty } from "./notice.js";
import { onNamespace, session, showTheme } from "./session.js";
import { askForToken } from "./token.js";

// A view is loaded when it is first shown.
const VIEWS = {
  home: () => import("./home.js"),
  traffic: () => import("./traffic.js"),
  state: () => import("./state.js"),
  faults: () => import("./faults.js"),
  webhooks: () => import("./webhooks.js"),
  namespaces: () => import("./namespaces.js"),
  checks: () => import("./checks.js"),
};
const TITLES = { home: "Home", traffic: "Traffic", state: "State", faults: "Faults", webhooks: "Webhooks", namespaces: "Namespaces", checks: "Checks" };

const main = h("main", { id: "main", tabindex: "-1" });
const links = {};
let leave = () => {};
let shown = "";
let latest = 0;

function nav() {
  for (const [name, title] of Object.entries(TITLES))
    links[name] = h("a", { href: `#/${name === "home" ? "" : name}` }, icon(name), h("span", {}, title), h("span.count"));
  return h("nav.nav", { "aria-label": "Views" }, Object.values(links));
}

function foot() {
  const live = h("div.live", { "data-state": "wait" }, h("span.dot"), h("span", {}, "Connecting"));
  const words = { live: "Live", lost: "Connection lost", off: "No journal", wait: "Connecting" };
  journal.onStatus((status) => {
    live.dataset.state = status;
    live.lastChild.textContent = words[status];
  });
  journal.onChange(() => (links.traffic.lastChild.textContent = journal.entries.length || ""));
  const next = { auto: "light", light: "dark", dark: "auto" };
  const label = h("span", {}, `Theme: ${session.theme}`);
  const theme = h("button.quiet", { type: "button", onclick: () => (session.theme = next[session.theme], (label.textContent = `Theme: ${session.theme}`)) }, icon("theme"), label);
  return h("div.foot", {}, live, theme, h("a", { href: "/_mock/docs" }, "Admin API"));
}

async function namespacePicker() {
  const known = await get("namespaces", { everywhere: true });
  const names = [...new Set([...known.map((each) => each.name), session.namespace])];
  const options = names.map((name) => h("option", { value: name, selected: name === session.namespace }, name));
  return h("label.line", {}, h("span.soft", {}, "Namespace"), h("select", { "aria-label": "Namespace", onchange: (event) => (session.namespace = event.target.value) }, options));
}

/** The heading of a view: its title, the namespace, and what else belongs there. */
function head(name, space, lead) {
  return h("div.head", {}, h("h1", {}, TITLES[name]), space, lead ? h("p.lead", {}, lead) : null);
}

async function show() {
  const number = ++latest;
  const [name = "", ...parts] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  const view = Object.hasOwn(VIEWS, name) ? name : "home";
  for (const [each, link] of Object.entries(links)) link.toggleAttribute("aria-current", each === view);
  if (links[view].hasAttribute("aria-current")) links[view].setAttribute("aria-current", "page");
  document.title = `${TITLES[view]} · mockserver`;
  const module = await VIEWS[view]();
  if (number !== latest || (view === shown && module.update?.(parts))) return;
  leave();
  leave = () => {};
  shown = view;
  const body = h("div.stack", { "data-view": view });
  const space = h("div.space");
  fill(main, head(view, space, module.lead), body);
  namespacePicker().then((picker) => fill(space, picker), () => {});
  try {
    const end = (await module.show(body, parts)) || (() => {});
    if (number === latest) leave = end;
    else end();
  } catch (error) {
    fill(body, h("div.card", {}, empty("This cannot be shown", error.message)));
  }
  body.dataset.ready = "yes";
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function start() {
  showTheme();
  onMissingToken(askForToken);
  const brand = h("a.brand", { href: "#/" }, h("img", { src: new URL("icon.svg", import.meta.url), alt: "", width: 26, height: 26 }), "mockserver");
  fill(document.getElementById("app"), h("div.frame", {}, h("header.side", {}, brand, nav(), foot()), main));
  addEventListener("hashchange", show);
  onNamespace(() => ((shown = ""), show()));
  installKeys();
  show();
  journal.start();
}

start();
