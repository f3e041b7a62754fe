// One finding of a contract check.

import { copyButton } from "./copying.js";
import { h } from "./dom.js";
import { short } from "./format.js";
import { code } from "./json_view.js";

/** A finding as a card: what was expected, what was seen, and how to see it again. */
export function findingCard(found) {
  const lines = found.curl.join("\n");
  return h(
    "article.card",
    { "data-finding": found.id },
    h("div.card-head", {}, h(`span.badge.${found.verdict}`, {}, found.verdict), h("h2", {}, found.operation), h("span.soft", {}, found.check)),
    h("dl.pairs", {}, h("dt", {}, "expected"), h("dd", {}, found.expected), h("dt", {}, "seen"), h("dd", {}, found.seen)),
    found.statement ? h("p.note", {}, `${found.statement.text} (${[found.statement.evidence, found.statement.source].filter(Boolean).join(", ")})`) : null,
    h("details", {}, h("summary", {}, "Requests"), h("ol.stack", {}, found.exchanges.map(exchangeLine))),
    lines ? h("details", {}, h("summary", {}, "See it again with curl"), h("div.with-copy", {}, code(lines, { label: "curl lines" }), copyButton(lines, "Copy the curl lines"))) : null,
  );
}

function exchangeLine(each) {
  const body = (value) => (value === null || value === undefined || value === "" ? null : h("p.mono.soft", {}, short(value, 400)));
  return h("li", {}, h("p", {}, h("strong", {}, `${each.method} ${each.url}`), " ", String(each.status ?? "no response")), body(each.body), body(each.response_body));
}
