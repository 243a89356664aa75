import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CATALOG } from '../src/backends/catalog.js';
import { openRun, run, type RunEvent, type RunOptions, type RunResult } from '../src/index.js';
import { findExample, listExamples, type Example } from '../src/orchestrator/config/examples.js';
import { checkConfigFile } from '../src/orchestrator/config/load.js';
import type { Config } from '../src/orchestrator/config/schema/root.js';

const folder = fileURLToPath(new URL('../@examples', import.meta.url));
const question = 'A rather long question. '.repeat(40).trim();

interface Shown extends Example {
  readonly text: string;
  /** The comment at the top, line by line, without `#`. */
  readonly head: readonly string[];
  /** Every variable that it names, and every provider's key. */
  readonly env: Readonly<Record<string, string>>;
  readonly config: Config;
  readonly messages: readonly string[];
}

const headOf = (text: string): readonly string[] => text.split(/^(?!#)/mu, 1)[0]?.trimEnd().split('\n').map((line) => line.replace(/^# ?/u, '')) ?? [];

function environmentFor(text: string): Readonly<Record<string, string>> {
  const named = [...text.matchAll(/\$\{(\w+)/gu)].flatMap(([, name]) => name ?? []);
  const keys = CATALOG.flatMap(({ keyEnvs }) => keyEnvs);
  return Object.fromEntries([...keys, ...named].map((name) => [name, /URL|ENDPOINT/u.test(name) ? 'https://example.com/v1' : 'test-key']));
}

async function show(example: Example): Promise<Shown> {
  const text = await readFile(example.file, 'utf8');
  const env = environmentFor(text);
  const { config, issues } = await checkConfigFile(example.file, env);
  const errors = issues.filter(({ severity }) => severity === 'error').map(({ location, message }) => `${example.name}: ${location} ${message}`);
  expect(errors).toEqual([]);
  if (config === undefined) throw new Error(`${example.name} has no configuration`);
  return { ...example, text, head: headOf(text), env, config, messages: issues.map(({ location, message }) => `${location} ${message}`) };
}

const agentsOf = ({ config }: Shown) => config.agents ?? (config.agent === undefined ? [] : [config.agent]);
const isOffline = (shown: Shown): boolean => agentsOf(shown).every(({ backend }) => backend.type === 'scripted');
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-/]/gu, '_');

/** What is left of an example when models, names, addresses and words are taken out. */
function shapeOf(shown: Shown): string {
  const taken = new Set(['model', 'id', 'name', 'system_message', 'api_key', 'base_url']);
  return JSON.stringify(shown.config, (key, value: unknown) => (taken.has(key) ? undefined : value));
}

let home: string;
let examples: readonly Shown[];

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'massgen-examples-'));
  // The folder that an example shows its agents.
  await mkdir(path.join(home, 'src'));
  examples = await Promise.all((await listExamples(folder)).map(show));
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe('every example', () => {
  it('is one of at least thirty, and the familiar ones are among them', () => {
    expect(examples.length).toBeGreaterThanOrEqual(30);
    expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining(['basic_multi', 'basic_single', 'offline_demo', 'scripted_ci']));
  });

  it('begins with what it shows, what it needs and how it is run', () => {
    for (const { name, summary, head } of examples) {
      expect({ name, summary }).toEqual({ name, summary: expect.stringMatching(/^[A-Z].{20,120}\.$/u) });
      expect({ name, head }).toEqual({ name, head: expect.arrayContaining([expect.stringMatching(/^Needs(?:: | nothing)/u), expect.stringMatching(/^Run: {3}\S/u)]) });
    }
  });

  it('is run by its own name, which means it alone', async () => {
    for (const { name, file, head } of examples) {
      const written = head.filter((line) => line.includes('@examples/')).join('\n');
      expect({ name, named: [...written.matchAll(/massgen (?:run|serve) --config @examples\/(\S+)/gu)].map((match) => match[1]) }).toEqual({ name, named: [name] });
      const last = name.split('/').at(-1) ?? '';
      for (const way of [name, plain(name), name.replaceAll(/[_/]/gu, '-'), `${name}.yaml`, last]) expect(await findExample(way, folder)).toBe(file);
    }
  });

  it('has a name that differs from the others also where _, - and / are the same', () => {
    expect(new Set(examples.map(({ name }) => plain(name))).size).toBe(examples.length);
  });

  it('points an editor to the schema', () => {
    for (const { name, file, head } of examples) {
      const schema = /^yaml-language-server: \$schema=(\S+)$/u.exec(head.at(-1) ?? '')?.[1];
      expect({ name, found: schema !== undefined && existsSync(path.resolve(path.dirname(file), schema)) }).toEqual({ name, found: true });
    }
  });

  it('names each variable that has no default among its needs', () => {
    for (const { name, text, head } of examples) {
      const body = text.slice(head.join('\n').length);
      for (const [, variable] of body.matchAll(/\$\{(\w+)\}/gu)) expect({ name, needs: head.join(' ') }).toEqual({ name, needs: expect.stringContaining(variable ?? '') });
    }
  });

  it('gives its agents ids and warns of nothing but capabilities that are not there yet', () => {
    const surprising = examples.flatMap(({ name, messages }) => messages.filter((message) => !message.includes('no effect yet')).map((message) => `${name}: ${message}`));
    expect(surprising).toEqual([]);
  });

  it('differs from every other in more than models, names and words', () => {
    const byShape = new Map<string, string[]>();
    for (const shown of examples) byShape.set(shapeOf(shown), [...(byShape.get(shapeOf(shown)) ?? []), shown.name]);
    expect([...byShape.values()].filter((names) => names.length > 1)).toEqual([]);
  });

  it('opens with its keys set, where one of its backends can be called', async () => {
    for (const shown of examples.filter((each) => agentsOf(each).some(({ backend }) => backend.type !== 'claude_code'))) {
      const { team } = await openRun({ config: shown.file, env: shown.env, cwd: home, home });
      expect({ name: shown.name, ids: team.agents.map(({ id }) => id) }).toEqual({ name: shown.name, ids: agentsOf(shown).map(({ id }) => id) });
    }
  });
});

describe('together the examples', () => {
  const documented = ['claude', 'claude_code', 'gemini', 'openai', 'grok', 'azure_openai', 'zai', 'chatcompletion', 'lmstudio', 'vllm', 'sglang', 'ag2'];

  it.each(documented)('show the backend %s on its own page', (type) => {
    const shown = examples.find(({ name }) => name === `providers/${type}`);
    expect(shown === undefined ? [] : agentsOf(shown).map(({ backend }) => backend.type)).toContain(type);
  });

  it('show every voting sensitivity and every way to finish', () => {
    const settings = examples.map(({ config }) => config.orchestrator);
    expect(new Set(settings.map((orchestrator) => orchestrator.voting_sensitivity))).toEqual(new Set(['lenient', 'balanced', 'strict']));
    expect(new Set(settings.map((orchestrator) => orchestrator.final_answer_strategy))).toEqual(new Set(['auto', 'winner_reuse', 'winner_present', 'synthesize']));
  });
});

interface Played {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
}

async function play(config: string, options: Partial<RunOptions> = {}): Promise<Played> {
  const logDirectory = await mkdtemp(path.join(home, 'log-'));
  const result = await run({ config, prompt: question, env: {}, cwd: home, home, logDirectory, ...options });
  const log = await readFile(path.join(result.log_directory ?? '', 'turn_1', 'events.jsonl'), 'utf8');
  return { result, events: log.trimEnd().split('\n').map((line) => JSON.parse(line) as RunEvent) };
}

const ofType = <T extends RunEvent['type']>({ events }: Played, type: T) => events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

interface Outcome {
  readonly status: RunResult['status'];
  readonly winner: string | null;
  readonly calls: number;
  readonly marks: RunResult['marks'];
  readonly tie: boolean;
  readonly votes: Readonly<Record<string, number>>;
}

const outcomeOf = (played: Played): Outcome => ({
  status: played.result.status,
  winner: played.result.selected_agent,
  calls: ofType(played, 'call-start').length,
  marks: played.result.marks,
  tie: played.result.vote_results.is_tie,
  votes: played.result.vote_results.vote_counts,
});

const smooth = { status: 'completed', marks: [], tie: false } as const;

/** What each example without a provider comes to. */
const OFFLINE: Readonly<Record<string, Outcome>> = {
  offline_demo: { ...smooth, winner: 'agent_b', calls: 9, votes: { agent_b: 3 } },
  scripted_ci: { ...smooth, winner: 'agent_a', calls: 4, votes: { agent_a: 2 } },
  'scripted/broken_replies': { ...smooth, winner: 'orderly', calls: 6, votes: { orderly: 2 } },
  'scripted/fault_drill': { ...smooth, winner: 'steady', calls: 12, votes: { steady: 4 } },
  'scripted/merge': { ...smooth, winner: 'mechanic', calls: 4, votes: {} },
  'scripted/out_of_budget': { ...smooth, winner: 'spender', calls: 2, marks: ['budget'], votes: {} },
  'scripted/out_of_time': { ...smooth, winner: 'swift', calls: 6, marks: ['time-limit'], votes: { swift: 2 } },
  'scripted/restart': { ...smooth, winner: 'writer', calls: 9, votes: { writer: 2 } },
  'scripted/shared_files': { ...smooth, winner: 'writer', calls: 8, votes: { writer: 2 } },
  'scripted/tie': { ...smooth, winner: 'tea', calls: 9, tie: true, votes: { tea: 2, coffee: 2 } },
};

describe('without a provider', () => {
  const played = new Map<string, Played>();
  let presented: Played;
  const of = (name: string): Played => {
    const found = played.get(name);
    if (found === undefined) throw new Error(`${name} was not played`);
    return found;
  };

  beforeAll(async () => {
    const plays = Object.keys(OFFLINE).map(async (name) => played.set(name, await play(`@examples/${name}`)));
    [presented] = await Promise.all([play('@examples/offline_demo', { strategy: 'winner_present' }), ...plays]);
  });

  it('every scripted example is played here', () => {
    expect(examples.filter(isOffline).map(({ name }) => name)).toEqual(Object.keys(OFFLINE).sort());
  });

  it.each(Object.keys(OFFLINE))('%s ends as its comment says', (name) => {
    expect(outcomeOf(of(name))).toEqual(OFFLINE[name]);
    expect(of(name).result.final_answer).toContain('canned');
  });

  it('each is over at once; only the demo takes its time, and less than eight seconds', () => {
    for (const [name, { result }] of played) expect({ name, quick: result.duration_seconds < (name === 'offline_demo' ? 8 : 4) }).toEqual({ name, quick: true });
  });

  it('scripted/shared_files lets each agent read what the other wrote', () => {
    expect(ofType(of('scripted/shared_files'), 'tool-end').filter(({ name }) => name === 'read_text_file')).toMatchObject([
      { agent: expect.any(String), status: 'ok', text: expect.stringMatching(/path between|- sun/u) },
      { agent: expect.any(String), status: 'ok', text: expect.stringMatching(/path between|- sun/u) },
    ]);
  });

  it('scripted_ci delivers the winning answer word for word, at a price', () => {
    expect(of('scripted_ci').result).toMatchObject({ final_answer: '(canned) The answer of agent_a.', cost: 0.00008, usage: { prompt_tokens: 40, completion_tokens: 20 } });
  });

  it('offline_demo shows an improvement and repeats the question', () => {
    const answers = ofType(of('offline_demo'), 'answer-accept');
    // On a busy machine first answers may overtake each other.
    expect(answers.map(({ label }) => label).sort()).toEqual(['answer1.1', 'answer2.1', 'answer2.2', 'answer3.1']);
    expect(answers.at(-1)?.label).toBe('answer2.2');
    expect(answers.find(({ label }) => label === 'answer3.1')?.text).toContain(question);
    expect(of('offline_demo').result.final_answer).toContain('scripted: no model was asked');
    expect(ofType(presented, 'answer-final')[0]).toMatchObject({ source: 'presentation', text: expect.stringContaining('(canned, presented by agent_b)') });
  });

  it('fault_drill shows three faults that pass and one that does not', () => {
    expect(new Set(ofType(of('scripted/fault_drill'), 'retry-wait').map(({ agent, error }) => `${agent} ${error.code}`))).toEqual(new Set(['limited backend-overloaded', 'cut backend-reset', 'silent backend-silent']));
    expect(ofType(of('scripted/fault_drill'), 'agent-fail').map(({ agent, error }) => `${agent} ${error.code}`)).toEqual(['locked backend-rejected']);
  });

  it('broken_replies shows two that are put right', () => {
    expect(ofType(of('scripted/broken_replies'), 'answer-reject').map(({ agent, reason }) => `${agent} ${reason}`)).toEqual(['clumsy no_tool_calls', 'clumsy invalid_vote_id']);
  });

  it('restart shows the verdict, and the better answer of the second attempt', () => {
    expect(ofType(of('scripted/restart'), 'attempt-start')).toMatchObject([{ attempt: 2, reason: '168 x 60 is not 10008.' }]);
    expect(of('scripted/restart').result.final_answer).toContain('10080');
  });

  it('the final answer comes from the winner, from a presentation or from a synthesis', () => {
    const sources = Object.fromEntries([...played].map(([name, each]) => [name, ofType(each, 'answer-final')[0]?.source]));
    expect(sources).toMatchObject({ scripted_ci: 'winner', 'scripted/tie': 'presentation', 'scripted/out_of_time': 'presentation', 'scripted/out_of_budget': 'winner', 'scripted/merge': 'synthesis' });
  });
});
