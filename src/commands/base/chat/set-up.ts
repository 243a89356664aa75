import type * as configInit from '../../../compose/config-init.js';
import type { OfferedProvider } from '../../../compose/set-up-offer.js';
import type { KeyScope } from '../../../compose/store-key.js';
import { MassgenError } from '../../../errors.js';
import { questionsOn, type Questions } from '../config-wizard.js';
import { readKey, readSecret } from './raw-input.js';

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** A choice from a list, by number or by name. */
async function choose(questions: Questions, title: string, labels: readonly string[], names: readonly string[] = []): Promise<number> {
  say(title);
  for (const [index, label] of labels.entries()) say(`  ${String(index + 1)}  ${label}`);
  return questions.askFor('Number', '1', (text) => {
    const place = /^\d+$/u.test(text) ? Number(text) - 1 : names.indexOf(text.toLowerCase());
    if (place >= 0 && place < labels.length) return place;
    throw new MassgenError('usage-invalid', `write a number from 1 to ${String(labels.length)}`);
  });
}

async function askQuestions<Value>(work: (questions: Questions) => Promise<Value>): Promise<Value> {
  const questions = questionsOn(process.stdin, process.stderr);
  try {
    return await work(questions);
  } finally {
    questions.close();
  }
}

function complainOf(key: string): string | undefined {
  if (/^[\u0021-\u007e]{8,}$/u.test(key) && !key.includes("'")) return undefined;
  return key === '' ? '  paste the key, or press Ctrl-C to stop' : '  that is no key: it has spaces or strange characters, or is very short';
}

const askKey = ({ keyName, label }: OfferedProvider): Promise<string> => readSecret(`${keyName} of ${label} (not shown while you paste it): `, complainOf);

interface Team {
  readonly agents: number;
  readonly example?: string;
}

async function askTeam(questions: Questions, provider: OfferedProvider, { examplesFor }: typeof configInit): Promise<Team> {
  const examples = (await examplesFor([provider.id])).filter(({ name }) => /^(?:teams|tasks)\//u.test(name));
  const own = [`three agents of ${provider.label} that discuss and vote`, `one agent of ${provider.label}: the fastest and cheapest`];
  const place = await choose(questions, 'Which team?', [...own, ...examples.map(({ name, summary }) => `@examples/${name}: ${summary}`)]);
  const example = examples[place - own.length];
  return example === undefined ? { agents: place === 0 ? 3 : 1 } : { agents: 0, example: example.name };
}

async function writeAll(provider: OfferedProvider, key: string, scope: KeyScope, team: Team, { initialTimeout, newConfigFile, writeExample, writeNewConfig }: typeof configInit): Promise<void> {
  const { keyFile, storeKey, wouldBeCommitted } = await import('../../../compose/store-key.js');
  const file = keyFile(scope);
  storeKey(file, provider.keyName, key);
  say(`wrote ${provider.keyName} to ${file}, which only you can read`);
  if (scope === 'project' && wouldBeCommitted(file)) say('mind that .env is not in .gitignore: add it before you commit');
  const where = scope === 'user' ? { file: 'user' } : {};
  const { agents, example } = team;
  const config = { agents, backends: [{ type: provider.id, model: provider.model }], sensitivity: 'lenient' as const, timeoutSeconds: initialTimeout };
  const outcome = example === undefined ? await writeNewConfig(config, where) : await writeExample(example, where);
  const target = newConfigFile(where).file;
  say(outcome === 'written' ? `wrote ${target}` : `${target} exists and is left as it is`);
}

/** Asks for a provider, its key and a team, and writes them down. False when the offline demo is good enough. Throws `run-cancelled` when it is left, and then nothing is written. */
export async function setUp(): Promise<boolean> {
  const [compose, { offeredProviders }, { keyFile }] = await Promise.all([import('../../../compose/config-init.js'), import('../../../compose/set-up-offer.js'), import('../../../compose/store-key.js')]);
  const place = await askQuestions((questions) => choose(questions, 'Who should answer?', [...offeredProviders.map(({ label, model }) => `${label} (${model})`), 'nobody yet: the offline demo, with canned answers'], [...offeredProviders.map(({ id }) => id), 'demo']));
  const provider = offeredProviders[place];
  if (provider === undefined) return false;
  const key = await askKey(provider);
  const { scope, team } = await askQuestions(async (questions) => {
    const where = await choose(questions, 'For which folders?', [`all of yours: ${keyFile('user')}`, `this one only: ${keyFile('project')}`]);
    return { scope: where === 0 ? ('user' as const) : ('project' as const), team: await askTeam(questions, provider, compose) };
  });
  await writeAll(provider, key, scope, team, compose);
  return true;
}

/** Offers to set things up where nothing is; one key skips it. Throws `run-cancelled` for Ctrl-C. */
export async function offerSetUp(): Promise<void> {
  say('There is no configuration and no API key here yet.');
  const key = await readKey('Set up massgen now? Enter: yes   any other key: no, show me the offline demo ');
  if (/[\r\ny]/iu.test(key)) await setUp();
  else say('as you like; /setup does it later');
}
