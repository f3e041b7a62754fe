'use strict';
const crypto = require('crypto');
const express = require('express');
const Ajv = require('ajv/dist/2020').default;

const DEFECT = process.env.DEFECT === '1';
const app = express();
app.disable('x-powered-by');
app.disable('etag');

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const difficulty = ['easy', 'medium', 'hard'];
const validate = ajv.compile({
  type: 'object', additionalProperties: false,
  required: ['title', 'servings', 'difficulty', 'ingredients'],
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 120 },
    servings: { type: 'integer', minimum: 1, maximum: 50 },
    difficulty: { type: 'string', enum: difficulty },
    ingredients: {
      type: 'array', minItems: 1, maxItems: 50,
      items: {
        type: 'object', additionalProperties: false, required: ['name', 'quantity', 'unit'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 60 },
          quantity: { type: 'number', exclusiveMinimum: 0, maximum: 10000 },
          unit: { type: 'string', enum: ['g', 'ml', 'piece', 'tsp', 'tbsp'] },
          preparation: { type: 'string', maxLength: 100 },
        },
      },
    },
    source: { type: ['string', 'null'], maxLength: 200 },
  },
});

const store = new Map();
const api = express.Router();

function jsonOnly(req, res, next) {
  if (!req.is('application/json')) return res.status(415).json({ message: 'Only application/json is accepted' });
  next();
}
const parse = express.json({ limit: '4mb' });

function valid(req, res, next) {
  if (!validate(req.body)) {
    return res.status(400).json({ message: 'Invalid recipe', details: validate.errors.map(e => `${e.instancePath} ${e.message}`) });
  }
  next();
}

function toRecipe(id, b) {
  return {
    id,
    title: b.title,
    servings: b.servings,
    difficulty: b.difficulty,
    ingredients: b.ingredients.map(({ name, quantity, unit, preparation }) => {
      const row = { name, quantity, unit };
      if (!DEFECT && preparation !== undefined) row.preparation = preparation;
      return row;
    }),
    source: b.source === undefined ? null : b.source,
  };
}

function intQuery(req, name, def, lo, hi) {
  const raw = req.query[name];
  if (raw === undefined) return def;
  if (typeof raw !== 'string' || !/^[0-9]{1,9}$/.test(raw) || +raw < lo || +raw > hi) {
    throw Object.assign(new Error(`${name} must be an integer from ${lo} to ${hi}`), { status: 400 });
  }
  return +raw;
}

const notAllowed = allow => (req, res) => res.set('Allow', allow).status(405).json({ message: 'Method not allowed' });

api.route('/recipes')
  .get((req, res) => {
    const offset = intQuery(req, 'offset', 0, 0, 1000000);
    const limit = intQuery(req, 'limit', 200, 1, 200);
    let rows = [...store.values()];
    const d = req.query.difficulty;
    if (d !== undefined) {
      if (!difficulty.includes(d)) return res.status(400).json({ message: 'Unknown difficulty' });
      rows = rows.filter(r => r.difficulty === d);
    }
    res.json(rows.slice(offset, offset + limit));
  })
  .post(jsonOnly, parse, valid, (req, res) => {
    const id = 'rcp_' + crypto.randomBytes(4).toString('hex');
    store.set(id, toRecipe(id, req.body));
    res.status(201).json(store.get(id));
  })
  .all(notAllowed('GET, HEAD, POST'));

function exists(req, res, next) {
  if (!store.has(req.params.recipeId)) return res.status(404).json({ message: 'No recipe has this id' });
  next();
}

api.route('/recipes/:recipeId')
  .get(exists, (req, res) => res.json(store.get(req.params.recipeId)))
  .put(exists, jsonOnly, parse, valid, exists, (req, res) => { // it may be deleted while the body arrives
    store.set(req.params.recipeId, toRecipe(req.params.recipeId, req.body));
    res.json(store.get(req.params.recipeId));
  })
  .delete(exists, (req, res) => {
    store.delete(req.params.recipeId);
    res.status(204).end();
  })
  .all(notAllowed('GET, HEAD, PUT, DELETE'));

app.use('/api', api);
app.use((req, res) => res.status(404).json({ message: 'Nothing here' }));
app.use((err, req, res, next) => {
  if (err instanceof URIError) return res.status(404).json({ message: 'Nothing here' });
  const status = err.status || 500;
  res.status(status).json({ message: status === 500 ? 'Internal error' : err.message });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
