// One process, one configuration: how long reading, checking and planning take, first and when warm, and what compiling
// the schema at start would cost instead. Prints one line of JSON.
import fs from 'node:fs';
import { register } from 'tsx/esm/api';
import { now } from './lib/clock.mjs';

const [, , file] = process.argv;
const source = (name) => import(`../src/orchestrator/config/${name}.ts`);
const timed = async (work) => {
  const begun = now();
  await work();
  return now() - begun;
};

register();
const text = fs.readFileSync(file, 'utf8');
const { parseText } = await source('parse');
const { checkConfig } = await source('check');
const { planRun } = await source('plan');

const read = () => parseText(text);
const check = (document) => planRun(checkConfig(document.value, {}, document).config);

const readMs = await timed(read);
const document = read();
const checkMs = await timed(() => check(document));
const warm = [];
for (let again = 0; again < 200; again++) warm.push(await timed(() => check(document)));

// What start-up would pay without the ready-made validator.
const schema = JSON.parse(fs.readFileSync(new URL('../massgen.schema.json', import.meta.url), 'utf8'));
const compileMs = await timed(async () => {
  const { Ajv } = await import('ajv');
  new Ajv({ allErrors: true, useDefaults: true, strict: false }).compile(schema);
});

console.log(JSON.stringify({ readMs, checkMs, warmMs: warm.sort((a, b) => a - b)[100], compileMs }));
