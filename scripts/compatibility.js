// Writes docs/compatibility.md: how the API fares with a foreign suite, and what becomes of each key in MassGen's own configuration files.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = 'test/fixtures/massgen-configs';

const row = (cells) => `| ${cells.join(' | ')} |`;
const code = (text) => `\`${text}\``;
const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Every variable that a text names, with a value. */
const environmentFor = (text) => Object.fromEntries([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => [name, 'x']));

function countKeys(value, schema, name, see) {
  if (Array.isArray(value)) return value.forEach((item) => countKeys(item, schema?.items, name, see));
  if (typeof value !== 'object' || value === null || schema?.properties === undefined) return undefined;
  for (const [key, child] of Object.entries(value)) {
    if (name === '' && key.startsWith('x-')) continue;
    const known = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    const place = name === '' ? key : `${name}.${key}`;
    see(place === 'agent' ? 'agents' : place);
    if (known === undefined || known['x-status'] !== undefined) continue;
    countKeys(child, known, place === 'agent' || place === 'agents' ? 'agents[]' : place, see);
  }
  return undefined;
}

/** What all files say, as sets of files by key. */
function readAll(root, { configSchema, parseText, checkConfig }) {
  const folder = path.join(root, FOLDER);
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.(ya?ml|json)$/.test(file)).sort();
  const [keys, types] = [new Map(), new Map()];
  const note = (map, name, file) => map.set(name, (map.get(name) ?? new Set()).add(file));
  let [loaded, quiet] = [0, 0];
  for (const file of files) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const { value } = parseText(text);
    countKeys(value, configSchema, '', (key) => note(keys, key, file));
    for (const { backend } of value.agents ?? [value.agent]) note(types, backend.type, file);
    const { config, issues } = checkConfig(value, environmentFor(text));
    if (config !== undefined) loaded += 1;
    if (issues.length === 0) quiet += 1;
  }
  return { count: files.length, keys, types, loaded, quiet };
}

const STATUS = { planned: 'no effect yet', rejected: 'refused' };

function sectionTable([name, schema], keys) {
  const prefix = name === '' ? '' : `${name}.`;
  const known = Object.entries(schema.properties).filter(([key]) => !(name === '' && key === 'agent'));
  const strange = [...keys.keys()].filter((place) => place.startsWith(prefix) && !/[.[]/.test(place.slice(prefix.length)) && !Object.hasOwn(schema.properties, place.slice(prefix.length)));
  const rows = [
    ...known.map(([key, child]) => ({ key, files: keys.get(prefix + key)?.size ?? 0, status: STATUS[child['x-status']] ?? 'works', waits: child['x-waits-for'] ?? '' })),
    ...strange.map((place) => ({ key: place.slice(prefix.length), files: keys.get(place).size, status: 'unknown', waits: '' })),
  ];
  return [
    `## ${name === '' ? 'Top level' : code(name)}`,
    '',
    row(['key', 'files', 'status', 'waits for']),
    row(['---', '---:', '---', '---']),
    ...rows.sort((a, b) => b.files - a.files).map(({ key, files, status, waits }) => row([code(key), files, status, waits])),
    '',
  ];
}

const RESULTS = 'test/conformance/results.json';
const SURFACES = { chat: 'Chat Completions', responses: 'Responses', messages: 'Messages', completions: 'Completions (legacy)', 'count-tokens': '`count_tokens`', models: 'Models' };
const TARGETS = { single: 'massgen, one agent', team: 'massgen, a team of three', model: 'the model alone' };

const scoreOf = (score) => (score === undefined ? '–' : `${Number(((100 * score.passed) / score.total).toFixed(1))} % (${score.passed} of ${score.total})`);

/** What the last `npm run conformance` came to. */
function conformanceSection(root) {
  const { suite, targets } = JSON.parse(readFileSync(path.join(root, RESULTS), 'utf8'));
  const columns = Object.entries(TARGETS).flatMap(([name, label]) => [[name, label], [`${name}, reworded`, `${label}, reworded`]]);
  const unsure = columns.map(([name]) => targets[name].inconclusive).reduce((sum, count) => sum + count, 0);
  return [
    '## The API',
    '',
    `MUST assertions of [llmprobe](https://www.npmjs.com/package/llmprobe) (${suite.split(' ').at(-1)}) that \`massgen serve\` meets, written by \`npm run conformance\`; the CI fails when one is missed. ${unsure === 0 ? 'No probe was inconclusive.' : `${plural(unsure, 'probe')} could say nothing.`}`,
    'The agents’ model is a stand-in that reads its request and nothing else, asked as the suite asks and, “reworded”, with other words. “The model alone” is that stand-in without massgen; it speaks Chat Completions only. Assertions are counted for each frame of a stream, so that their number differs a little.',
    '',
    row(['', ...columns.map(([, label]) => label)]),
    row(['---', ...columns.map(() => '---:')]),
    ...Object.entries(SURFACES).map(([surface, label]) => row([label, ...columns.map(([name]) => scoreOf(targets[name].surfaces[surface]))])),
    '',
    'Not among them: log probabilities and `n` above 1 are refused with a 400; embeddings, images and audio are not served. Of the suite’s slow probes (`--full`, not in the CI) those of a vendor’s prompt cache fail on Messages, where the suite takes `input_tokens` to include what was read from the cache; in Anthropic’s API they do not.',
    '',
  ];
}

/** What the last `npm run agent-clis` came to, which no CI runs. */
function programsSection(root) {
  const programs = JSON.parse(readFileSync(path.join(root, 'test/conformance/agent-clis.json'), 'utf8'));
  const share = ([good, all]) => `${good} of ${all}`;
  return [
    '## Agent programs',
    '',
    'Programs that were let talk to `massgen serve` with the same stand-in, each with its own system prompt and tools; what is counted are questions that it showed the right answer to. Written by `npm run agent-clis`, which installs some 900 MB and therefore runs by hand, not in the CI.',
    '',
    row(['program', 'version', 'speaks', ...['single', 'team'].map((name) => TARGETS[name])]),
    row(['---', '---', '---', '---:', '---:']),
    ...programs.map(({ name, version, dialect, answered }) => row([name, version, dialect, share(answered.single), share(answered.team)])),
    '',
  ];
}

/** The whole document. */
export function compatibilityFile(root, language) {
  const { count, keys, types, loaded, quiet } = readAll(root, language);
  const { backendTypes, languageSections } = language;
  const backends = backendTypes.map((type) => ({ type, files: types.get(type)?.size ?? 0, status: 'works' }));
  return [
    '# Compatibility',
    '',
    '<!-- Generated by scripts/generate.js from src/orchestrator/config/schema/, the configurations in test/fixtures/massgen-configs, and the results in test/conformance. Do not edit. -->',
    '',
    ...conformanceSection(root),
    ...programsSection(root),
    '## Configurations',
    '',
    `What becomes of each key in ${plural(count, 'configuration file')} of MassGen: ${loaded} load without an error, ${quiet} of them without a warning.`,
    '“Works”: there is a test that sees its effect. “No effect yet”: accepted, with one warning that names what it waits for. “Refused”: an error that says what to write instead. “Unknown”: a warning with the nearest known name.',
    '“Files” counts the files that have the key at that place; `agent` counts as `agents`.',
    '',
    '## Backends',
    '',
    row(['`backend.type`', 'files', 'status']),
    row(['---', '---:', '---']),
    ...backends.sort((a, b) => b.files - a.files).map(({ type, files, status }) => row([code(type), files, status])),
    '',
    ...languageSections.flatMap((section) => sectionTable(section, keys)),
  ].join('\n');
}
