// A form made from a JSON Schema: a field for each property, with what the schema says about it.

import { h } from "./dom.js";

const DATES = { "date-time": "2030-01-01T00:00:00Z", date: "2030-01-01", email: "a@example.com", uri: "https://example.com", uuid: "00000000-0000-4000-8000-000000000000" };

/** The form of an item, and a function that reads the item from it. It throws for a value that is none. */
export function itemForm(described, item, isNew) {
  const root = described.schema === true ? {} : described.schema;
  const schema = resolved(root, root);
  const properties = schema.properties || {};
  const names = [...new Set([...Object.keys(properties), ...Object.keys(item)])].filter((name) => !isNew || !described.set_by_service.includes(name) || name in item);
  const required = new Set(schema.required || []);
  const fields = names.map((name) => field(name, resolved(properties[name] ?? {}, root), item[name], { required: required.has(name), byService: described.set_by_service.includes(name), secret: described.secrets.includes(name) }));
  const read = () => Object.fromEntries(fields.map((each) => [each.name, each.read()]).filter(([, value]) => value !== undefined));
  const hint = isNew && described.set_by_service.length ? h("p.hint", {}, `Set by the service: ${described.set_by_service.join(", ")}. JSON can set it too.`) : null;
  return { element: h("div.stack", {}, hint, names.length ? h("div.fields", {}, fields.map((each) => each.element)) : h("p.soft", {}, "The document describes no fields; write the item as JSON.")), read };
}

/** The schema behind references, and with the parts of `allOf` put together. */
function resolved(schema, root, depth = 0) {
  if (typeof schema !== "object" || schema === null || depth > 12) return {};
  if (schema.$ref?.startsWith("#")) {
    const steps = schema.$ref.slice(2).split("/").filter(Boolean).map((each) => decodeURIComponent(each).replaceAll("~1", "/").replaceAll("~0", "~"));
    const target = steps.reduce((node, step) => node?.[step], root);
    return { ...resolved(target ?? {}, root, depth + 1), ...without(schema, "$ref") };
  }
  const alternative = (schema.anyOf || schema.oneOf || []).map((each) => resolved(each, root, depth + 1)).filter((each) => each.type !== "null");
  const parts = [...(schema.allOf || []).map((each) => resolved(each, root, depth + 1)), ...(alternative.length === 1 ? alternative : []), without(schema, "allOf")];
  return parts.reduce((made, each) => ({ ...made, ...each, properties: { ...made.properties, ...each.properties }, required: [...(made.required || []), ...(each.required || [])] }), {});
}

function without(object, name) {
  const { [name]: _, ...rest } = object;
  return rest;
}

function field(name, schema, value, about) {
  const kind = kindOf(schema, value);
  const control = CONTROLS[kind](schema, value);
  const notes = [about.required ? "required" : null, about.byService ? "set by the service" : null, about.secret ? "secret; ******** stays as it is" : null, bounds(schema)].filter(Boolean);
  const label = h(kind === "json" ? "label.whole" : "label", {}, name, control.element, notes.length ? h("small", {}, notes.join(" · ")) : null);
  control.element.dataset.field = name;
  const read = () => {
    try {
      return control.read();
    } catch (error) {
      throw new Error(`${name}: ${error.message}`);
    }
  };
  return { name, element: label, read };
}

function kindOf(schema, value) {
  const types = [schema.type].flat().filter((each) => each && each !== "null");
  const actual = value === undefined || value === null ? types[0] : Array.isArray(value) ? "array" : typeof value;
  if (Array.isArray(schema.enum) && schema.enum.every((each) => each === null || typeof each !== "object")) return "choice";
  if (actual === "boolean") return "boolean";
  if (actual === "number" || actual === "integer") return "number";
  return actual === "string" && (types.length < 2 || value !== undefined) ? "text" : "json";
}

const CONTROLS = {
  choice(schema, value) {
    const options = schema.enum.map((each, at) => h("option", { value: at, selected: each === value }, String(each)));
    const element = h("select", {}, h("option", { value: "" }, value === undefined ? "–" : "leave out"), options);
    return { element, read: () => (element.value === "" ? undefined : schema.enum[element.value]) };
  },
  boolean(schema, value) {
    const element = h("select", {}, [["", "–"], ["true", "true"], ["false", "false"]].map(([each, text]) => h("option", { value: each, selected: String(value) === each }, text)));
    return { element, read: () => (element.value === "" ? undefined : element.value === "true") };
  },
  number(schema, value) {
    const element = h("input", { inputmode: "decimal", value: value ?? "" });
    return { element, read: () => (element.value.trim() === "" ? emptied(value) : finite(element.value)) };
  },
  text(schema, value) {
    const element = String(value ?? "").length > 80 ? h("textarea", { rows: 4 }) : h("input", { placeholder: DATES[schema.format] || null });
    element.value = value ?? "";
    return { element, read: () => (element.value === "" && value !== "" ? emptied(value) : element.value) };
  },
  json(schema, value) {
    const element = h("textarea", { rows: 5, spellcheck: "false" });
    element.value = value === undefined ? "" : JSON.stringify(value, null, 2);
    return { element, read: () => (element.value.trim() === "" ? undefined : JSON.parse(element.value)) };
  },
};

/** An empty field means null where null was, else that the property is left out. */
const emptied = (before) => (before === null ? null : undefined);

function finite(text) {
  const number = Number(text);
  if (!Number.isFinite(number)) throw new Error(`“${text}” is no number`);
  return number;
}

function bounds(schema) {
  const parts = [schema.format, schema.minimum !== undefined ? `≥ ${schema.minimum}` : null, schema.maximum !== undefined ? `≤ ${schema.maximum}` : null, schema.maxLength !== undefined ? `at most ${schema.maxLength} characters` : null];
  return parts.filter(Boolean).join(", ");
}
