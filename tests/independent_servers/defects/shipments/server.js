'use strict';
const express = require('express');
const Ajv = require('ajv').default;

const DEFECT = process.env.DEFECT === '1';
const ACCOUNTS = { 'ak_ann_6612f0': 'ann', 'ak_bob_d90b3c': 'bob' };
const shipments = [];
let next = 100000;

const text = (min, max) => ({ type: 'string', minLength: min, maxLength: max });
const booking = {
  type: 'object', additionalProperties: false, required: ['recipient', 'weight-grams'],
  properties: {
    recipient: {
      type: 'object', additionalProperties: false, required: ['name', 'street', 'postcode', 'country'],
      properties: {
        name: text(1, 60), street: text(1, 100), postcode: text(3, 10),
        country: { type: 'string', pattern: '^[A-Z]{2}$' },
      },
    },
    'weight-grams': { type: 'integer', minimum: 1, maximum: 30000 },
    service: { type: 'string', enum: ['economy', 'standard', 'express'] },
    'signature-required': { type: 'boolean' },
    insured: { type: 'boolean' },
  },
};
const isBooking = new Ajv({ allErrors: true }).compile(booking);

const app = express();
app.set('x-powered-by', false);

app.use((req, res, next) => {
  const user = Object.prototype.hasOwnProperty.call(ACCOUNTS, req.get('X-Account-Key') || '') && ACCOUNTS[req.get('X-Account-Key')];
  if (!user) return res.status(401).set('WWW-Authenticate', 'AccountKey').json({ error: 'Missing or wrong X-Account-Key' });
  req.account = user;
  next();
});

app.get('/shipments', (req, res) => {
  res.json({ shipments: shipments.filter(s => s.account === req.account).map(s => s.data).reverse() });
});

app.post('/shipments',
  (req, res, next) => req.is('application/json') ? next() : res.status(415).json({ error: 'The body must be JSON' }),
  express.json({ limit: '2mb', strict: false }),
  (req, res) => {
    const b = req.body;
    if (!isBooking(b)) {
      return res.status(422).json({ error: 'The booking is not valid', fields: isBooking.errors.map(e => e.instancePath) });
    }
    const data = {
      number: next++,
      state: 'booked',
      recipient: b.recipient,
      'weight-grams': b['weight-grams'],
      service: b.service || 'standard',
      'signature-required': DEFECT ? Boolean(b['signature-required']) : b['signature-required'] ?? true,
      insured: Boolean(b.insured),
    };
    shipments.push({ account: req.account, data });
    res.status(201).json(data);
  });
app.all('/shipments', (req, res) => res.status(405).set('Allow', 'GET, HEAD, POST').json({ error: 'Method not allowed' }));

app.param('number', (req, res, next, number) => {
  req.index = /^[1-9][0-9]{5,14}$/.test(number)
    ? shipments.findIndex(s => s.data.number === Number(number) && s.account === req.account) : -1;
  next();
});
app.get('/shipments/:number', (req, res, next) => req.index < 0 ? next('route') : res.json(shipments[req.index].data));
app.delete('/shipments/:number', (req, res, next) => {
  if (req.index < 0) return next('route');
  shipments.splice(req.index, 1);
  res.status(204).end();
});
app.all('/shipments/:number', (req, res, next) => {
  if (['GET', 'HEAD', 'DELETE'].includes(req.method)) return next();
  res.status(405).set('Allow', 'GET, HEAD, DELETE').json({ error: 'Method not allowed' });
});
app.use((req, res) => res.status(404).json({ error: 'Not found' }));
app.use((err, req, res, next) => {
  if (err instanceof URIError) return res.status(404).json({ error: 'Not found' });
  res.status(err.status || 500).json({ error: err.status ? err.message : 'Internal error' });
});

app.listen(process.env.PORT, '127.0.0.1');
