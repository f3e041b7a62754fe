'use strict';
// Invoicing API (Express 5). State is kept in memory.
const crypto = require('crypto');
const express = require('express');
const Ajv = require('ajv');
const addFormats = require('ajv-formats');

const BUG = process.env.BUG || '';
const app = express();
app.disable('x-powered-by');
app.enable('case sensitive routing');
app.enable('strict routing');
app.set('etag', false);

const TOKENS = new Map([
  ['tok_live_ann_5d2c71f0', 'ann'],
  ['tok_live_bob_a83e1942', 'bob'],
]);
const invoices = new Map();
const draftIndex = new Set();
let seq = 0;

class HttpError extends Error {
  constructor(status, message, errors, headers) {
    super(message);
    Object.assign(this, { status, errors, headers });
  }
}

// ------------------------------------------------------------- validation
const ajv = new Ajv({ allErrors: true });
addFormats(ajv, { formats: ['date'], mode: 'full' });
const invoiceProps = {
  number: { type: 'string', pattern: '^[A-Z0-9-]{3,20}$' },
  customerName: { type: 'string', minLength: 1, maxLength: 120 },
  customerEmail: { type: ['string', 'null'], maxLength: 100, pattern: '^[a-z0-9._-]+@[a-z0-9-]+(\\.[a-z0-9-]+)+$' },
  currency: { enum: ['EUR', 'USD', 'GBP'] },
  dueDate: { type: 'string', format: 'date' },
  note: { type: ['string', 'null'], maxLength: 300 },
};
const lineProps = {
  description: { type: 'string', minLength: 1, maxLength: 200 },
  quantity: { type: 'integer', minimum: BUG === 'zero_quantity_accepted' ? 0 : 1, maximum: 10000 },
  unitCents: { type: 'integer', minimum: 0, maximum: 10000000 },
};
const object = (properties, required) => ajv.compile({ type: 'object', additionalProperties: false, properties, required });
const invoiceBody = object(invoiceProps, ['number', 'customerName', 'dueDate']);
const invoicePatch = object(invoiceProps, []);
const lineBody = object(lineProps, ['description', 'quantity', 'unitCents']);
const INVOICE_DEFAULTS = { customerEmail: null, currency: BUG === 'currency_default_usd' ? 'USD' : 'EUR', note: null };

const rawBody = express.raw({ type: 'application/json', limit: '8mb' });
function json(validate) {
  return [
    rawBody,
    (req, res, next) => {
      if (!/^application\/json\s*(;|$)/i.test(req.get('content-type') || '')) {
        throw new HttpError(415, 'Only application/json is accepted.');
      }
      let value;
      try {
        value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(req.body || Buffer.alloc(0)));
      } catch (e) {
        throw new HttpError(400, 'The body is not valid JSON.');
      }
      req.input = value;
      req.check = () => {
        if (!validate(value)) {
          throw new HttpError(422, 'The request is not valid.',
            validate.errors.map((e) => ({ path: e.instancePath, message: e.message })));
        }
        return value;
      };
      next();
    },
  ];
}

function oneOf(req, name, options) {
  const v = req.query[name];
  if (v === undefined) return undefined;
  if (typeof v !== 'string' || !options.includes(v)) throw new HttpError(400, `Query parameter ${name} is not valid.`);
  return v;
}

function integer(req, name, fallback, lo, hi) {
  const v = req.query[name];
  if (v === undefined) return fallback;
  if (typeof v !== 'string' || !/^[0-9]{1,9}$/.test(v) || +v < lo || +v > hi) {
    throw new HttpError(400, `Query parameter ${name} must be an integer from ${lo} to ${hi}.`);
  }
  return +v;
}

// ------------------------------------------------------------------ access
function auth(req, res, next) {
  const m = /^Bearer +(\S+)$/i.exec(req.get('authorization') || '');
  req.account = m ? TOKENS.get(m[1]) : undefined;
  if (!req.account) throw new HttpError(401, 'A valid bearer token is required.', undefined, { 'WWW-Authenticate': 'Bearer' });
  next();
}
const pass = (req, res, next) => next();

function load(req) {
  const inv = invoices.get(req.params.invoiceId);
  const open = BUG === 'lines_without_auth' && !req.account;
  if (!inv || (inv.account !== req.account && !open)) throw new HttpError(404, 'Invoice not found.');
  return inv;
}
function loadLine(req, inv) {
  const line = inv.lines.find((l) => l.id === req.params.lineId);
  if (!line) throw new HttpError(404, 'Line not found.');
  return line;
}
function mustBeDraft(inv) {
  if (inv.status !== 'draft') throw new HttpError(409, 'Only drafts can be changed.');
}
function mustBeFree(req, number, but) {
  for (const i of invoices.values()) {
    if (i !== but && i.account === req.account && i.number === number) throw new HttpError(409, 'The invoice number is in use.');
  }
}

const newId = (prefix) => prefix + crypto.randomBytes(6).toString('hex');
const showLine = (l) => ({ id: l.id, description: l.description, quantity: l.quantity, unitCents: l.unitCents, amountCents: l.quantity * l.unitCents });
const retotal = (inv) => { inv.totalCents = inv.lines.reduce((s, l) => s + l.quantity * l.unitCents, 0); };
const show = (i) => ({
  id: i.id, number: i.number, status: i.status, customerName: i.customerName, customerEmail: i.customerEmail,
  currency: i.currency, dueDate: i.dueDate, note: i.note, lineCount: i.lines.length, totalCents: i.totalCents, createdAt: i.createdAt,
});

// ------------------------------------------------------------------ routes
function methods(path, table) {
  const r = app.route(path);
  const allow = Object.keys(table).map((m) => m.toUpperCase());
  if (allow.includes('GET')) allow.push('HEAD');
  for (const [m, handlers] of Object.entries(table)) r[m](...handlers.flat(9));
  r.all(() => { throw new HttpError(405, 'Method not allowed.', undefined, { Allow: allow.join(', ') }); });
}

methods('/v1/invoices', {
  get: [auth, (req, res) => {
    const limit = integer(req, 'limit', 25, 1, 100);
    const status = oneOf(req, 'status', ['draft', 'sent', 'void']);
    const currency = oneOf(req, 'currency', invoiceProps.currency.enum);
    let before = Infinity;
    if (req.query.after !== undefined) {
      const m = /^cur_([0-9a-f]{8})$/.exec(String(req.query.after));
      if (!m) throw new HttpError(400, 'Query parameter after is not a cursor.');
      before = parseInt(m[1], 16);
    }
    let rows = [...invoices.values()].filter((i) => i.account === req.account).reverse();
    if (status === 'draft') rows = rows.filter((i) => draftIndex.has(i.id));
    else if (status) rows = rows.filter((i) => i.status === status);
    if (currency) rows = rows.filter((i) => i.currency === currency);
    rows = rows.filter((i) => (BUG === 'cursor_repeats_item' ? i.seq <= before : i.seq < before));
    const page = rows.slice(0, limit);
    const more = rows.length > limit;
    res.json({
      data: page.map(show),
      nextCursor: more ? 'cur_' + page[page.length - 1].seq.toString(16).padStart(8, '0') : null,
    });
  }],
  post: [auth, json(invoiceBody), (req, res) => {
    const body = req.check();
    mustBeFree(req, body.number);
    const inv = {
      id: newId('inv_'), seq: ++seq, account: req.account, status: 'draft', ...INVOICE_DEFAULTS, ...body,
      lines: [], totalCents: 0, createdAt: new Date().toISOString(),
    };
    invoices.set(inv.id, inv);
    draftIndex.add(inv.id);
    res.status(201).location(`/v1/invoices/${inv.id}`).json(show(inv));
  }],
});

methods('/v1/invoices/:invoiceId', {
  get: [auth, (req, res) => res.json(show(load(req)))],
  put: [auth, json(invoiceBody), (req, res) => {
    const inv = load(req);
    const body = req.check();
    mustBeDraft(inv);
    if (BUG === 'failed_put_writes') {
      const { number, ...rest } = body;
      Object.assign(inv, INVOICE_DEFAULTS, rest);
    }
    mustBeFree(req, body.number, inv);
    Object.assign(inv, INVOICE_DEFAULTS, body);
    res.json(show(inv));
  }],
  patch: [auth, json(invoicePatch), (req, res) => {
    const inv = load(req);
    const body = req.check();
    mustBeDraft(inv);
    if (body.number !== undefined) mustBeFree(req, body.number, inv);
    Object.assign(inv, body);
    res.json(show(inv));
  }],
  delete: [auth, (req, res) => {
    const inv = load(req);
    mustBeDraft(inv);
    invoices.delete(inv.id);
    draftIndex.delete(inv.id);
    res.status(204).end();
  }],
});

methods('/v1/invoices/:invoiceId/send', {
  post: [auth, (req, res) => {
    const inv = load(req);
    mustBeDraft(inv);
    if (inv.lines.length === 0) throw new HttpError(409, 'The invoice has no lines.');
    inv.status = 'sent';
    if (BUG !== 'sent_listed_as_draft') draftIndex.delete(inv.id);
    const out = show(inv);
    if (BUG === 'send_status_upper') out.status = 'SENT';
    res.json(out);
  }],
});

methods('/v1/invoices/:invoiceId/void', {
  post: [auth, (req, res) => {
    const inv = load(req);
    if (inv.status !== 'sent') throw new HttpError(409, 'Only sent invoices can be voided.');
    inv.status = 'void';
    res.json(show(inv));
  }],
});

methods('/v1/invoices/:invoiceId/lines', {
  get: [BUG === 'lines_without_auth' ? pass : auth, (req, res) => res.json({ data: load(req).lines.map(showLine) })],
  post: [auth, json(lineBody), (req, res) => {
    const inv = load(req);
    const body = req.check();
    mustBeDraft(inv);
    if (inv.lines.length >= 200) throw new HttpError(409, 'An invoice has at most 200 lines.');
    const line = { id: newId('ln_'), ...body };
    inv.lines.push(line);
    retotal(inv);
    res.status(201).location(`/v1/invoices/${inv.id}/lines/${line.id}`).json(showLine(line));
  }],
});

methods('/v1/invoices/:invoiceId/lines/:lineId', {
  get: [auth, (req, res) => res.json(showLine(loadLine(req, load(req))))],
  put: [auth, json(lineBody), (req, res) => {
    const inv = load(req);
    const line = loadLine(req, inv);
    const body = req.check();
    mustBeDraft(inv);
    Object.assign(line, body);
    retotal(inv);
    res.json(showLine(line));
  }],
  delete: [auth, (req, res) => {
    const inv = load(req);
    const line = loadLine(req, inv);
    mustBeDraft(inv);
    inv.lines.splice(inv.lines.indexOf(line), 1);
    if (BUG !== 'total_stale_after_line_delete') retotal(inv);
    res.status(204).end();
  }],
});

methods('/v1/stats', {
  get: [auth, (req, res) => {
    const mine = [...invoices.values()].filter((i) => i.account === req.account);
    const count = (s) => mine.filter((i) => i.status === s).length;
    res.json({ draft: count('draft'), sent: count('sent'), void: count('void') });
  }],
});

app.use(() => { throw new HttpError(404, 'No such resource.'); });
app.use((err, req, res, next) => {
  let status = err.status || 500;
  if (err instanceof URIError) status = 404;
  const body = { message: status === 500 ? 'Internal error.' : err.message };
  if (err.errors) body.errors = err.errors;
  res.status(status).set(err.headers || {}).json(body);
});

app.listen(Number(process.env.PORT || 8000), '127.0.0.1');
