'use strict';
const express = require('express');
const Ajv = require('ajv').default;
const addFormats = require('ajv-formats').default;

const DEFECT = process.env.DEFECT === '1';
const KEYS = new Set(['fd-ann-38c2', 'fd-bob-e714']);
const ROOMS = [[101, 2], [102, 2], [201, 1], [202, 3], [301, 4]].map(([room, beds]) => ({ room, beds }));

const ajv = new Ajv();
addFormats(ajv, ['date']);
const guest = { type: 'string', minLength: 2, maxLength: 60 };
const nights = { type: 'integer', minimum: 1, maximum: 28 };
const isRequest = ajv.compile({
  type: 'object', additionalProperties: false, required: ['room', 'guest', 'arrival', 'nights'],
  properties: {
    room: { type: 'integer', enum: ROOMS.map(r => r.room) }, guest, nights,
    arrival: { type: 'string', format: 'date' }, breakfast: { type: 'boolean' },
  },
});
const isChange = ajv.compile({ type: 'object', additionalProperties: false, properties: { guest, nights } });

let last = 0;
const bookings = new Map();

const fail = (res, statusCode, error) => res.status(statusCode).json({ statusCode, error });

function key(req, res, next) {
  if (!KEYS.has(req.get('X-Front-Desk'))) {
    res.set('WWW-Authenticate', 'FrontDesk');
    return fail(res, 401, 'A front desk key is needed');
  }
  next();
}
const body = [
  (req, res, next) => req.is('application/json') ? next() : fail(res, 415, 'Send application/json'),
  express.json({
    limit: '2mb', strict: false,
    verify: (req, res, buf) => { if (buf.length === 0) throw Object.assign(new Error('The body is empty'), { status: 400 }); },
  }),
];
function booking(req, res, next) {
  req.booking = bookings.get(req.params.reference);
  if (!req.booking) return fail(res, 404, 'There is no such booking');
  next();
}

const app = express();
app.disable('x-powered-by');

app.get('/rooms', (req, res) => res.json(ROOMS));

function cancel(req, res) {
  bookings.delete(req.booking.reference);
  res.status(204).end();
}
if (DEFECT) app.delete('/bookings/:reference', booking, cancel);

app.use('/bookings', key);

app.get('/bookings', (req, res) => {
  let data = [...bookings.values()];
  const { room } = req.query;
  if (room !== undefined) {
    if (!/^[1-9][0-9]{2}$/.test(room)) return fail(res, 400, 'room must be from 100 to 999');
    data = data.filter(b => b.room === Number(room));
  }
  res.json({ data });
});

app.post('/bookings', body, (req, res) => {
  if (!isRequest(req.body)) return fail(res, 400, ajv.errorsText(isRequest.errors));
  const reference = 'B-' + String(++last).padStart(5, '0');
  bookings.set(reference, { reference, breakfast: true, ...req.body });
  res.status(201).json(bookings.get(reference));
});

app.get('/bookings/:reference', booking, (req, res) => res.json(req.booking));

app.patch('/bookings/:reference', booking, body, (req, res) => {
  if (!isChange(req.body)) return fail(res, 400, ajv.errorsText(isChange.errors));
  res.json(Object.assign(req.booking, req.body));
});

if (!DEFECT) app.delete('/bookings/:reference', booking, cancel);

const only = methods => (req, res) => { res.set('Allow', methods); fail(res, 405, 'Method not allowed'); };
app.all('/rooms', only('GET, HEAD'));
app.all('/bookings', only('GET, HEAD, POST'));
app.all('/bookings/:reference', only('GET, HEAD, PATCH, DELETE'));
app.use((req, res) => fail(res, 404, 'Not found'));
app.use((err, req, res, next) => {
  if (err instanceof URIError) return fail(res, KEYS.has(req.get('X-Front-Desk')) ? 404 : 401, 'Not found');
  fail(res, err.status || 500, err.status ? err.message : 'Internal error');
});

app.listen(Number(process.env.PORT), '127.0.0.1');
