import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createBackend } from '../src/backends/create.js';
import { listExamples, type Example } from '../src/orchestrator/config/examples.js';
import { checkConfigFile, loadConfigFile } from '../src/orchestrator/config/load.js';
import { planRun, type PlanOverrides } from '../src/orchestrator/config/plan.js';
import { streamRun, type RunEvent } from '../src/orchestrator/index.js';

const folder = fileURLToPath(new URL('../@examples', import.meta.url));
let examples: readonly Example[];

beforeAll(async () => {
  examples = await listExamples(folder);
});

const ofType = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) => events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

interface Played {
  readonly events: readonly RunEvent[];
  readonly complaints: readonly unknown[];
  readonly seconds: number;
}

async function play(name: string, overrides: PlanOverrides = {}, task = 'Why is the sky blue?'): Promise<Played> {
  const { config } = await loadConfigFile(`@examples/${name}`, {});
  const plan = planRun(config, overrides);
  const sorted = plan.agents.map((agent) => agent.id).sort();
  const agents = plan.agents.map(({ id, systemMessage }) => {
    return { id, anonymous: `agent${sorted.indexOf(id) + 1}`, backend: 'scripted', model: 'canned', systemMessage, otherTools: false, maxOutputTokens: null, price: null };
  });
  const backends = Object.fromEntries(plan.agents.map(({ id, backend }) => [id, createBackend(backend, { env: {}, agent: id })]));
  const run = { engine: 'test', session: 'test', turn: 1, agents, task, history: [], settings: plan.settings, fence: 'fence', config: null };
  const deps = { backends, append: () => Promise.resolve(undefined), cost: () => Promise.resolve(null), now: () => performance.now(), wallClock: () => new Date(), random: () => 0.5, digest: () => '' };
  const started = performance.now();
  const events: RunEvent[] = [];
  for await (const event of streamRun(run, deps)) events.push(event);
  const calls = (agent: string): number => ofType(events, 'call-start').filter((event) => event.agent === agent).length;
  const complaints = Object.entries(backends).flatMap(([agent, backend]) => backend.complaint?.(calls(agent)) ?? []);
  return { events, complaints, seconds: (performance.now() - started) / 1000 };
}

describe('the examples', () => {
  it('are these', () => {
    expect(examples.map((example) => example.name)).toEqual(['basic_multi', 'basic_single', 'offline_demo', 'scripted_ci']);
  });

  it('load without a key and without a complaint, and say what they show', async () => {
    for (const { name, summary } of examples) {
      const { config, issues } = await checkConfigFile(`@examples/${name}`, {}, { knownBackends: ['openai', 'scripted'] });
      expect({ name, issues, loaded: config !== undefined }).toEqual({ name, issues: [], loaded: true });
      expect(summary).toMatch(/\.$/);
    }
  });
});

describe('@examples/scripted_ci', () => {
  it('ends at once with the answer all agree on, each agent asked exactly as often as it has steps', async () => {
    const { events, complaints, seconds } = await play('scripted_ci');
    expect(ofType(events, 'answer-final').map((event) => event.text)).toEqual(['(canned) The answer of agent_a.']);
    expect(ofType(events, 'run-end')[0]).toMatchObject({ status: 'completed', usage: { inputTokens: 40, outputTokens: 20 } });
    expect(complaints).toEqual([]);
    expect(seconds).toBeLessThan(2);
  });
});

describe('@examples/offline_demo', () => {
  const question = 'A rather long question. '.repeat(300);
  let plain: Played;
  let presented: Played;

  beforeAll(async () => {
    [plain, presented] = await Promise.all([play('offline_demo', {}, question), play('offline_demo', { strategy: 'winner_present' })]);
  });

  it('shows answers, an improvement, votes and a winner', () => {
    const answers = ofType(plain.events, 'answer-accept');
    expect(answers.map((event) => event.label)).toEqual(['answer1.1', 'answer2.1', 'answer3.1', 'answer2.2']);
    expect(answers[2]?.text).toContain(question.trim());
    expect(ofType(plain.events, 'vote-cast').length).toBeGreaterThanOrEqual(5);
    expect(ofType(plain.events, 'winner-select')[0]).toMatchObject({ agent: 'agent_b', rev: 2, unanimous: true });
    expect(ofType(plain.events, 'run-end')[0]?.status).toBe('completed');
    expect(plain.complaints).toEqual([]);
  });

  it('says that all of it is canned', () => {
    expect(ofType(plain.events, 'answer-accept').every((event) => event.text.startsWith('(canned'))).toBe(true);
    expect(ofType(plain.events, 'answer-final')[0]?.text).toContain('scripted: no model was asked');
  });

  it('has a presentation for whoever asks for one', () => {
    expect(ofType(presented.events, 'answer-final')[0]).toMatchObject({ source: 'presentation', text: expect.stringContaining('(canned, presented by agent_b)') });
  });

  it('takes less than eight seconds', () => {
    expect(Math.max(plain.seconds, presented.seconds)).toBeLessThan(8);
  });
});
