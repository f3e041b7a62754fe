// The fields of an override that are used most; what they cannot say is written as JSON.

import { fill, h } from "./dom.js";

const FAULTS = ["lost-reply", "lost-request", "reset", "empty-reply", "cut", "malformed-chunk", "slow", "wrong-length", "stale-read", "duplicate", "outage", "rate-limit", "capacity", "duplicate-delivery", "late-delivery", "out-of-order-delivery", "wrong-signature", "replayed-delivery"];
const REFUSALS = ["missing", "conflict", "too-many", "invalid", "malformed", "unauthenticated", "forbidden", "too-large", "unsupported-media-type"];
const KINDS = { status: "A response", refusal: "An error of the document", fault: "A fault", pass: "As usual, but later" };
const OF_FAULT = { cut: ["fraction"], slow: ["bytes_per_second"], "stale-read": ["requests"], "rate-limit": ["requests", "seconds"], outage: ["seconds"], capacity: ["limit", "seconds"], "late-delivery": ["seconds"], "out-of-order-delivery": ["seconds"] };
const NEEDED = { "rate-limit": { requests: 1 }, capacity: { limit: 0 }, outage: { seconds: 30 }, slow: { bytes_per_second: 1000 } };
const EDITED = { when: ["service", "operation", "caller"], then: ["status", "body", "refusal", "fault", "delay", "pass"], rest: ["when", "then", "times", "after", "probability", "expires", "invalid", "enabled", "note"] };

/** An override as these fields have it; null for one that they cannot show. */
export function fieldsOf(value) {
  if (value instanceof Error || Array.isArray(value.then)) return null;
  const only = (object, names) => Object.keys(object).every((name) => names.includes(name));
  const fits = only(value, EDITED.rest) && only(value.when || {}, EDITED.when) && only(value.then, EDITED.then) && [value.expires, value.then.delay, value.then.fault?.seconds].every((each) => typeof (each ?? 0) === "number");
  if (!fits) return null;
  const { fault } = value.then; // a kind alone, or with its settings
  return structuredClone(typeof fault === "string" ? { ...value, then: { ...value.then, fault: { kind: fault } } } : value);
}

/** The fields; `changed` gets the override after each change, or an Error. */
export function overrideFields(value, operations, changed) {
  if (!value) return h("p.soft", {}, "This override says more than the fields can show; edit it as JSON.");
  value.when ??= {};
  const answer = h("div.fields");
  const update = () => changed(problemIn(answer) || cleaned(value));
  const drawAnswer = () => fill(answer, answerFields(value, update, drawAnswer));
  drawAnswer();
  return h("div.stack", {}, h("h3", {}, "For which requests"), h("div.fields", {}, conditionFields(value, operations, update)), h("h3", {}, "What they get"), answer, h("h3", {}, "How often"), h("div.fields", {}, limitFields(value, update)));
}

function conditionFields(value, operations, update) {
  const at = operations.findIndex((each) => each.operation === value.when.operation && (!value.when.service || each.service === value.when.service));
  const options = operations.map((each, place) => h("option", { value: place, selected: place === at }, `${each.method} ${each.path}`));
  const choose = (event) => {
    const chosen = operations[event.target.value];
    if (chosen) Object.assign(value.when, { service: chosen.service, operation: chosen.operation });
    else delete value.when.operation;
    update();
  };
  return [h("label.whole", {}, "Operation", h("select", { name: "operation", onchange: choose }, h("option", { value: "", selected: at < 0 }, "Every operation"), options)), text(value.when, "caller", "Only this caller", update, "The name of the credential")];
}

function answerFields(value, update, redraw) {
  const { then } = value;
  const kind = Object.keys(KINDS).find((each) => each in then) || "pass";
  const choose = (event) => {
    const start = { status: { status: 500 }, refusal: { refusal: "missing" }, fault: { fault: { kind: "lost-reply" } }, pass: { delay: 2 } };
    value.then = { ...start[event.target.value], ...("delay" in then ? { delay: then.delay } : {}) };
    redraw();
    update();
  };
  const kinds = h("label", {}, "Kind", h("select", { name: "kind", onchange: choose }, Object.entries(KINDS).map(([name, title]) => h("option", { value: name, selected: name === kind }, title))));
  const own = { status: () => statusFields(then, update), refusal: () => [choice(then, "refusal", "Error", REFUSALS, update)], fault: () => faultFields(then, update, redraw), pass: () => [] };
  const invalid = h("label.check.whole", {}, h("input", { type: "checkbox", name: "invalid", checked: value.invalid, onchange: (event) => ((value.invalid = event.target.checked), update()) }), "May break the document");
  return [kinds, ...own[kind](), number(then, "delay", "Delay in seconds", update), invalid];
}

function statusFields(then, update) {
  const body = h("textarea", { rows: 5, name: "body", spellcheck: "false" });
  body.value = "body" in then ? (typeof then.body === "string" ? then.body : JSON.stringify(then.body, null, 2)) : "";
  body.oninput = () => {
    body.dataset.problem = "";
    if (body.value.trim() === "") delete then.body;
    else
      try {
        then.body = JSON.parse(body.value);
      } catch (error) {
        body.dataset.problem = `The body is no JSON: ${error.message}`;
      }
    update();
  };
  return [number(then, "status", "Status", update), h("label.whole", {}, "Body", body, h("small", {}, "JSON; empty for the one that the document describes"))];
}

function faultFields(then, update, redraw) {
  const { fault } = then;
  const kind = h("label", {}, "Fault", h("select", { name: "fault", onchange: (event) => ((then.fault = { kind: event.target.value, ...NEEDED[event.target.value] }), redraw(), update()) }, FAULTS.map((each) => h("option", { value: each, selected: each === fault.kind }, each))));
  return [kind, ...(OF_FAULT[fault.kind] || []).map((name) => number(fault, name, name.replaceAll("_", " "), update))];
}

function limitFields(value, update) {
  return [number(value, "times", "At most this many times", update), number(value, "after", "Let this many requests pass first", update), number(value, "probability", "Probability, 0 to 1", update), number(value, "expires", "Ends after this many seconds", update), text(value, "note", "Note", update)];
}

function number(object, name, label, update) {
  const input = h("input", { inputmode: "decimal", name, value: object[name] ?? "" });
  input.oninput = () => {
    const given = Number(input.value);
    input.dataset.problem = input.value.trim() !== "" && !Number.isFinite(given) ? `${label}: “${input.value}” is no number` : "";
    if (input.value.trim() === "") delete object[name];
    else if (Number.isFinite(given)) object[name] = given;
    update();
  };
  return h("label", {}, label, input);
}

function text(object, name, label, update, hint) {
  const input = h("input", { name, value: object[name] ?? "", oninput: () => (input.value ? (object[name] = input.value) : delete object[name], update()) });
  return h("label", {}, label, input, hint ? h("small", {}, hint) : null);
}

function choice(object, name, label, values, update) {
  const all = values.includes(object[name]) ? values : [object[name], ...values];
  return h("label", {}, label, h("select", { name, onchange: (event) => ((object[name] = event.target.value), update()) }, all.map((each) => h("option", { value: each, selected: each === object[name] }, each))));
}

function problemIn(element) {
  const wrong = element.querySelector("[data-problem]:not([data-problem=''])");
  return wrong ? Object.assign(new Error(wrong.dataset.problem), { text: "" }) : null;
}

function cleaned(value) {
  const made = structuredClone(value);
  if (!Object.keys(made.when).length || !("operation" in made.when || "caller" in made.when)) delete made.when.service;
  if (!made.invalid) delete made.invalid;
  if (made.enabled === true) delete made.enabled;
  return made;
}
