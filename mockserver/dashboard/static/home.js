// Home: the services, a first request that works, and what is known of each resource.

import { get, part, post, request } from "./api.js";
import { copyButton, download } from "./copying.js";
import { fill, h } from "./dom.js";
import { counted, duration, statusClass } from "./format.js";
import { exchange } from "./exchange.js";
import { trying } from "./notice.js";

export const lead = "What is mocked here, how to reach it, and what is known of its behaviour.";

const FIRST = 8; // resources that are shown at once

export async function show(body) {
  const [services, resources, namespaces] = await Promise.all([get("services", { everywhere: true }), get("resources"), get("namespaces", { everywhere: true })]);
  const stored = resources.reduce((sum, each) => sum + each.items, 0);
  const isWhole = resources.every((each) => each.is_counted);
  const numbers = { Services: services.length, Operations: sum(services, "operations"), [isWhole ? "Items" : "Items made so far"]: stored, Namespaces: namespaces.length };
  fill(body, figures(numbers), h("div.cards", {}, services.map((each) => card(each, resources.filter((one) => one.service === each.name)))));
}

const sum = (list, name) => list.reduce((total, each) => total + each[name], 0);

/** Numbers with their names. */
export function figures(numbers) {
  return h("dl.numbers", {}, Object.entries(numbers).map(([name, number]) => h("div", {}, h("dt", {}, name), h("dd", {}, number.toLocaleString("en")))));
}

function card(service, resources) {
  const problems = service.problems ? `${counted(service.problems, "mistake")} in the document: see where the mock was started.` : "";
  return h(
    "article.card",
    { "data-service": service.name },
    h("div.card-head", {}, h("h2", {}, service.title), service.version ? h("span.badge", {}, /^v?\d/.test(service.version) ? `version ${service.version}` : service.version) : null, h("span.soft.push", {}, counted(service.operations, "operation"))),
    service.description ? h("p.soft", {}, service.description.split("\n\n")[0]) : null,
    problems ? h("p.note", {}, problems) : null,
    h("div.halves", {}, h("div.stack", {}, address("Base URL", service.base_url), ...credentials(service), firstRequest(service)), known(resources)),
    h("div.links", {}, h("a", { href: service.docs }, "API page"), h("a", { href: service.document }, "Document"), behaviourLink(service), h("a", { href: `#/checks/new/${part(service.name)}` }, "Check it")),
  );
}

function address(label, text) {
  return h("div.address", {}, h("span", {}, label), h("code", {}, text), copyButton(text, `Copy ${label.toLowerCase()}`));
}

function credentials(service) {
  if (!service.credentials.length) return [h("div.address", {}, h("span", {}, "Credential"), h("span", {}, "none needed"))];
  return service.credentials.slice(0, 4).map((each) => address(each.name || "Credential", each.value));
}

function firstRequest(service) {
  if (!service.first_operation) return null;
  const answer = h("div.stack");
  const send = async () => {
    const sent = await trying(() => post("send", { service: service.name, operation: service.first_operation }));
    if (sent) fill(answer, result(sent));
  };
  const line = h("div.with-copy", {}, h("pre.code", { tabindex: "0", role: "region", "aria-label": `A request to ${service.title}` }, service.curl), copyButton(service.curl, "Copy the curl line"));
  return h("div.stack", {}, h("h3", {}, "A first request"), line, h("div.line", {}, h("button.primary", { type: "button", onclick: send, "data-act": "first" }, "Send it")), answer);
}

function result(sent) {
  const status = sent.response?.status;
  const link = sent.number ? h("a", { href: `#/traffic/${sent.number}` }, "See why it was answered like this") : null;
  return [h("div.line", {}, h(`span.badge.${statusClass(status)}`, {}, String(status ?? "no response")), h("span.soft", {}, duration(sent.milliseconds)), link), exchange(sent.response, "Response", { headers: false })];
}

function known(resources) {
  if (!resources.length) return h("p.soft", {}, "Nothing is stored here: every response is made from the examples and schemas of the document.");
  const [first, rest] = [resources.slice(0, FIRST), resources.slice(FIRST)];
  const more = rest.length ? h("details", {}, h("summary", {}, `${rest.length} more`), h("ul.resources", {}, rest.map(resource))) : null;
  return h("div.stack", {}, h("h3", {}, "What is known"), h("ul.resources", {}, first.map(resource)), more);
}

function resource(each) {
  const count = !each.is_counted && !each.items ? " · items are made when a list is read" : each.items ? ` · ${counted(each.items, "item")}` : "";
  return h("li", {}, h("span", {}, h("a", { href: `#/state/${part(each.service)}/${part(each.resource)}` }, each.resource), h("span.soft", {}, count), " ", h("span.badge", { title: "How it is known" }, each.evidence)), h("span.soft", {}, each.summary.replaceAll("`", "")));
}

function behaviourLink(service) {
  const name = `${service.name}-behaviour.yaml`;
  const load = async (event) => {
    event.preventDefault();
    const response = await trying(() => request("GET", `behaviour/${part(service.name)}`, { everywhere: true }));
    if (response) download(name, await response.text(), "application/yaml");
  };
  return h("a", { href: `/_mock/behaviour/${part(service.name)}`, onclick: load, title: "All statements, to correct and to serve with --behaviour" }, "Behaviour file");
}
