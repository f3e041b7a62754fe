'use strict';
const { randomUUID } = require('crypto');
const express = require('express');

const DEFECT = process.env.DEFECT === '1';
const contacts = new Map();
const groups = new Map();

class Err extends Error {
  constructor(status, code, info) { super(info); this.status = status; this.code = code; }
}
const bad = info => { throw new Err(400, 'BAD_REQUEST', info); };
const missing = info => { throw new Err(404, 'NOT_FOUND', info); };
const chars = s => [...s].length;

function isDate(s) {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(s);
  if (!m) return false;
  const [y, mo, d] = m.slice(1).map(Number);
  const leap = y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return mo >= 1 && mo <= 12 && d >= 1 && d <= days[mo - 1];
}

function object(req, allowed) {
  const b = req.body;
  if (b === null || typeof b !== 'object' || Array.isArray(b)) bad('a JSON object is needed');
  for (const k of Object.keys(b)) if (!allowed.includes(k)) bad('unknown property');
  return b;
}

const app = express();
app.disable('x-powered-by');
app.use(express.json({ limit: '3mb' }));
const r = express.Router({ caseSensitive: true });

r.get('/contacts', (req, res) => {
  const q = req.query.search;
  if (q === undefined) return res.json([...contacts.values()]);
  if (typeof q !== 'string' || chars(q) < 1 || chars(q) > 50) bad('search needs 1 to 50 characters');
  res.json([...contacts.values()].filter(c => c.fullName.toLowerCase().includes(q.toLowerCase())));
});

r.post('/contacts', (req, res) => {
  const b = object(req, ['fullName', 'phone', 'birthday']);
  if (typeof b.fullName !== 'string' || chars(b.fullName) < 1 || chars(b.fullName) > 100) bad('fullName');
  if ('phone' in b && !(typeof b.phone === 'string' && /^\+[0-9]{6,15}$/.test(b.phone))) bad('phone');
  if ('birthday' in b && !(typeof b.birthday === 'string' && isDate(b.birthday))) bad('birthday');
  const c = { contactId: randomUUID(), ...b };
  contacts.set(c.contactId, c);
  res.status(201).json(c);
});

r.get('/contacts/:contactId', (req, res) => {
  res.json(contacts.get(req.params.contactId.toLowerCase()) || missing('no such contact'));
});

r.delete('/contacts/:contactId', (req, res) => {
  const id = req.params.contactId.toLowerCase();
  if (!contacts.delete(id)) missing('no such contact');
  for (const members of groups.values()) members.delete(id);
  res.status(204).end();
});

const asGroup = id => ({ groupId: id, members: [...groups.get(id)] });

r.post('/groups', (req, res) => {
  const { groupId } = object(req, ['groupId']);
  if (typeof groupId !== 'string' || !/^[a-z][a-z0-9-]{1,29}$/.test(groupId)) bad('groupId');
  if (groups.has(groupId)) throw new Err(409, 'EXISTS', 'there is a group with this id');
  groups.set(groupId, new Set());
  res.status(201).json(asGroup(groupId));
});

r.get('/groups/:groupId', (req, res) => {
  if (!groups.has(req.params.groupId)) missing('no such group');
  res.json(asGroup(req.params.groupId));
});

r.put('/groups/:groupId/members/:contactId', (req, res) => {
  const group = groups.get(req.params.groupId) || missing('no such group');
  const id = req.params.contactId.toLowerCase();
  if (!contacts.has(id)) missing('no such contact');
  if (DEFECT) for (const other of groups.values()) other.delete(id);
  group.add(id);
  res.status(204).end();
});

r.delete('/groups/:groupId/members/:contactId', (req, res) => {
  const group = groups.get(req.params.groupId) || missing('no such group');
  if (!group.delete(req.params.contactId.toLowerCase())) missing('not a member');
  res.status(204).end();
});

for (const [path, allow] of [
  ['/contacts', 'GET, HEAD, POST'], ['/contacts/:id', 'GET, HEAD, DELETE'], ['/groups', 'POST'],
  ['/groups/:id', 'GET, HEAD'], ['/groups/:id/members/:cid', 'PUT, DELETE'],
]) {
  r.all(path, (req, res) => res.status(405).set('Allow', allow).json({ code: 'METHOD_NOT_ALLOWED' }));
}

app.use('/v3', r);
app.use((req, res) => res.status(404).json({ code: 'NOT_FOUND' }));
app.use((e, req, res, next) => {
  if (e instanceof Err) return res.status(e.status).json({ code: e.code, info: e.message });
  if (e instanceof URIError) return res.status(404).json({ code: 'NOT_FOUND' });
  if (e.status && e.status < 500) return res.status(400).json({ code: 'BAD_REQUEST', info: e.message });
  res.status(500).json({ code: 'INTERNAL' });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
