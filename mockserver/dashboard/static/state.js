// State: the stored items of a resource as a table, and one of them.

import { get, part } from "./api.js";
import { checkpointCard } from "./checkpoints.js";
import { fill, h } from "./dom.js";
import { counted, short } from "./format.js";
import { editItem } from "./item_editor.js";
import { journal } from "./journal.js";
import { empty } from "./notice.js";

export const lead = "What is stored in this namespace. Change it by hand: the mock answers accordingly.";

const PAGE = 100;
const COLUMNS = 6;

export async function show(body, parts) {
  const place = placeOf(parts);
  const resources = await get("resources");
  if (!resources.length) return void fill(body, h("div.card", {}, empty("Nothing is stored here", "The document has no collections; every response is made from its examples and schemas.")), await checkpointCard(reload));
  const chosen = resources.find((each) => each.service === place.service && each.resource === place.resource) || resources.find((each) => each.items) || resources[0];
  const tenant = place.tenant ?? (chosen.tenants.length ? chosen.tenants[0] : undefined);
  const owner = place.owner ?? (chosen.parents.length ? chosen.owners[0] : undefined);
  const view = { resource: chosen, tenant, owner, page: 0, search: "" };
  const items = h("div.card.flat");
  const several = new Set(resources.map((each) => each.service)).size > 1;
  const table = h("div.stack", {}, about(view, several), items);
  fill(body, h("div.browser", {}, h("div.stack", {}, picker(resources, chosen, several), await checkpointCard(reload)), table));
  await load(items, view);
  if (place.id !== undefined) editItem(view.resource, scope(view), place.id).then((done) => done && load(items, view));
  let due = null;
  const stop = journal.onChange((fresh) => {
    if (!fresh.some((each) => each.changes.some((one) => one.resource === chosen.resource))) return;
    clearTimeout(due);
    due = setTimeout(() => load(items, view).catch(() => {}), 300);
  });
  return () => (clearTimeout(due), stop());

  function reload() {
    return show(body, parts);
  }
}

function placeOf([service, resource, ...rest]) {
  const place = { service, resource };
  const names = { i: "id", t: "tenant", o: "owner" };
  for (const each of rest) if (names[each[0]] && each[1] === ":") place[names[each[0]]] = each.slice(2);
  return place;
}

const scope = (view) => ({ tenant: view.tenant, owner: view.owner });

function picker(resources, chosen, several) {
  const rows = [];
  let last = null;
  for (const each of resources) {
    if (several && each.service !== last) rows.push(h("p.group", {}, (last = each.service)));
    rows.push(h("a", { href: `#/state/${part(each.service)}/${part(each.resource)}`, "aria-current": each === chosen ? "page" : null }, each.resource, h("span.count", {}, String(each.items))));
  }
  return h("nav.card.picker", { "aria-label": "Resources" }, rows);
}

function about(view, several) {
  const { resource } = view;
  return h("div.stack", {}, h("div.line", {}, h("h2", {}, several ? `${resource.service}: ${resource.resource}` : resource.resource), h("span.badge", {}, resource.evidence), choices(view, "tenant", resource.tenants), choices(view, "owner", resource.parents.length ? resource.owners : [])), h("p.soft", {}, resource.summary.replaceAll("`", "")));
}

function choices(view, name, values) {
  if (values.length < 2) return null;
  const { service, resource } = view.resource;
  const go = (event) => {
    const now = { ...scope(view), [name]: event.target.value };
    location.hash = `#/state/${part(service)}/${part(resource)}${now.tenant ? `/t:${part(now.tenant)}` : ""}${now.owner ? `/o:${part(now.owner)}` : ""}`;
  };
  const label = name === "tenant" ? "Tenant" : `Below (${view.resource.parents.join(", ")})`;
  return h("label.line", {}, label, h("select", { onchange: go }, values.map((each) => h("option", { value: each, selected: each === view[name] }, each))));
}

async function load(card, view) {
  const { resource, page } = view;
  if (!resource.is_editable) return fill(card, empty("These items cannot be changed by hand", "No operation of the document shows them."));
  if (resource.parents.length && view.owner === undefined) return fill(card, empty(`No ${resource.resource} yet`, `They are below others (${resource.parents.join(", ")}): create one of those first.`));
  const query = { ...scope(view), limit: PAGE, offset: page * PAGE };
  const items = await get(`state/${part(resource.service)}/${part(resource.resource)}`, { query });
  const shown = h("div.scroll");
  const turn = (by) => ((view.page += by), load(card, view));
  const search = h("input", { type: "search", placeholder: "Search these items  ( / )", "aria-label": "Search items", value: view.search, oninput: (event) => ((view.search = event.target.value), redraw()) });
  const add = h("button.primary", { type: "button", "data-act": "add", onclick: async () => (await editItem(resource, scope(view))) && load(card, view) }, `Add ${resource.resource}`);
  const redraw = () => fill(shown, table(items, view, () => load(card, view)));
  redraw();
  const pages = h("div.line.push", {}, page ? h("button", { type: "button", onclick: () => turn(-1) }, "Previous page") : null, items.length === PAGE ? h("button", { type: "button", onclick: () => turn(1) }, "Next page") : null);
  fill(card, h("div.line", { style: null, class: "line toolbar" }, search, add, pages), items.length ? shown : empty(`No ${resource.resource} is stored`, "Create one with a request, add one here, or start the mock with --items 20."));
}

function table(items, view, reload) {
  const words = view.search.toLowerCase();
  const found = items.filter((each) => !words || JSON.stringify(each).toLowerCase().includes(words));
  const names = columns(items, view.resource.id);
  const open = (item) => async (event) => {
    event.preventDefault();
    if (await editItem(view.resource, scope(view), idOf(item, view.resource))) reload();
  };
  const rows = found.map((item) => h("tr", {}, names.map((name, at) => h("td", {}, at ? short(item[name]) : h("a", { href: "#", onclick: open(item) }, short(item[name]) || "–")))));
  const head = h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)));
  return h("table.items", {}, h("caption.hidden", {}, counted(found.length, "item")), h("thead", {}, head), h("tbody", {}, rows));
}

/** The id of an item; a single item has none. */
function idOf(item, resource) {
  return resource.is_single ? "-" : String(item[resource.id]);
}

/** The id first, then the fields that most items have, plain values before objects. */
function columns(items, id) {
  const counts = new Map();
  for (const item of items.slice(0, 30))
    for (const [name, value] of Object.entries(item)) counts.set(name, (counts.get(name) || 0) + (value !== null && typeof value === "object" ? 0.4 : 1));
  const others = [...counts.keys()].filter((name) => name !== id).sort((a, b) => counts.get(b) - counts.get(a));
  return [...(counts.has(id) ? [id] : []), ...others].slice(0, COLUMNS);
}
