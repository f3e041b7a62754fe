// A helpdesk in Express. Its quirks are in servers.py.
const express = require("express");
const { randomUUID } = require("node:crypto");

const TOKEN = "helpdesk-token";
const PRIORITIES = ["low", "normal", "high"];
const app = express();
const tickets = new Map();

const refuse = (res, status, type, message, param) => res.status(status).json({ error: { type, message, param } });

app.use((req, res, next) =>
  req.get("authorization") === `Bearer ${TOKEN}` ? next() : refuse(res, 401, "authentication", "Invalid token"));
app.use(express.json());

const wrong = (sent, needed) => {
  if (typeof sent !== "object" || sent === null || Array.isArray(sent)) return "body";
  const text = (value, least, most) => typeof value === "string" && [...value].length >= least && [...value].length <= most;
  if ((needed || "subject" in sent) && !text(sent.subject, 1, 200)) return "subject";
  if ("priority" in sent && !PRIORITIES.includes(sent.priority)) return "priority";
  if ("organization_id" in sent && needed && !text(sent.organization_id, 0, 40)) return "organization_id";
  if ("tags" in sent) {
    if (!Array.isArray(sent.tags) || sent.tags.length > 5 || !sent.tags.every((tag) => text(tag, 0, 20))) return "tags";
  }
  return null;
};

const shown = ({ tags, ...ticket }) => ({ ...ticket, tags: [...tags] });
const found = (req) => {
  const ticket = tickets.get(req.params.ticket_id);
  return ticket && ticket.organization_id === req.params.organization_id ? ticket : null;
};
const withTicket = (handle) => (req, res) => {
  const ticket = found(req);
  return ticket ? handle(ticket, req, res) : refuse(res, 404, "not_found", "No such ticket");
};

const ROOT = "/v1/organizations/:organization_id/tickets";

app.get(ROOT, (req, res) => {
  const limit = req.query.limit === undefined ? 10 : Number(req.query.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 50) return refuse(res, 422, "invalid_request", "Wrong limit", "limit");
  if (req.query.status !== undefined && !["open", "closed"].includes(req.query.status))
    return refuse(res, 422, "invalid_request", "Wrong status", "status");
  let all = [...tickets.values()].filter((each) => each.organization_id === req.params.organization_id).reverse();
  if (req.query.status) all = all.filter((each) => each.status === req.query.status);
  if (req.query.starting_after !== undefined) {
    const at = all.findIndex((each) => each.id === req.query.starting_after);
    if (at < 0) return refuse(res, 422, "invalid_request", "No such ticket", "starting_after");
    all = all.slice(at + 1);
  }
  res.json({ object: "list", data: all.slice(0, limit).map(shown), has_more: all.length > limit });
});

app.post(ROOT, (req, res) => {
  const param = wrong(req.body, true);
  if (param) return refuse(res, 422, "invalid_request", `Wrong ${param}`, param);
  const ticket = {
    id: randomUUID(),
    object: "ticket",
    subject: req.body.subject.trim() || req.body.subject,
    priority: req.body.priority ?? "normal",
    status: "open",
    organization_id: req.params.organization_id,
    tags: req.body.tags ?? [],
    created_at: new Date().toISOString(),
    closed_at: null,
  };
  tickets.set(ticket.id, ticket);
  res.status(201).json(shown(ticket));
});

app.get(`${ROOT}/:ticket_id`, withTicket((ticket, req, res) => res.json(shown(ticket))));

app.patch(`${ROOT}/:ticket_id`, withTicket((ticket, req, res) => {
  const param = wrong(req.body, false);
  if (param) return refuse(res, 422, "invalid_request", `Wrong ${param}`, param);
  for (const name of ["subject", "priority", "tags"]) if (name in req.body) ticket[name] = req.body[name];
  res.json(shown(ticket));
}));

app.delete(`${ROOT}/:ticket_id`, withTicket((ticket, req, res) => {
  tickets.delete(ticket.id);
  res.json({ id: ticket.id, object: "ticket", deleted: true });
}));

app.post(`${ROOT}/:ticket_id/close`, withTicket((ticket, req, res) => {
  if (ticket.status === "closed") return refuse(res, 409, "already_closed", "The ticket is closed");
  ticket.status = "closed";
  ticket.closed_at = new Date().toISOString();
  res.json(shown(ticket));
}));

app.use((error, req, res, next) => refuse(res, error.status || 500, "invalid_request", "Malformed body"));
app.listen(Number(process.env.PORT), "127.0.0.1");
