import { describe, expect, it } from '@jest/globals';
import type { BackendEvent } from '../../../src/backends/contract.js';
import { createGuardRoom, guarded } from '../../../src/backends/guards/guard.js';
import { createBackend } from '../../../src/backends/create.js';
import { resolveBackend } from '../../../src/backends/resolve.js';
import { pricingOf } from '../../../src/compose/prices.js';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { planRun, type RunPlan } from '../../../src/orchestrator/config/plan.js';
import { languageSections } from '../../../src/orchestrator/config/schema/sections.js';
import { collect, requestOf } from '../../support/backend-collect.js';
import { sentBy, sentKeys, type Sent } from './effects-backend.js';
import { fileKeys } from './effects-files.js';
import { ownToolKeys } from './effects-own-tools.js';
import { programKeys } from './effects-programs.js';
import { toolKeys } from './effects-tools.js';
import { MORE_MODELS, modelsOf, servedKeys, serverFrom } from './effects-serve.js';

const agent = { id: 'a', backend: { type: 'openai' } };

function plan(given: object): RunPlan {
  const { config, issues } = checkConfig({ agents: [agent, { ...agent, id: 'b' }], ...given }, {});
  if (config === undefined || issues.some(({ message }) => message.includes('no effect'))) throw new Error(JSON.stringify(issues));
  return planRun(config);
}

/** What a key changes about the plan of a run: the configuration, and the part of the plan that is then this and was not before. */
const planned: Readonly<Record<string, readonly [given: object, expected: object]>> = {
  agents: [{ agents: [{ ...agent, id: 'only' }] }, { agents: [{ id: 'only' }] }],
  prompt: [{ prompt: 'Why?' }, { prompt: 'Why?' }],
  session_id: [{ session_id: 'latest' }, { session: 'latest' }],
  'agents[].fallback': [{ agents: [{ ...agent, fallback: [{ type: 'groq', extra_args: { x: 1 } }] }] }, { agents: [{ fallback: [{ type: 'groq', extra_body: { x: 1 } }] }] }],
  'agents[].id': [{ agents: [{ ...agent, id: 'ada' }] }, { agents: [{ id: 'ada' }] }],
  'agents[].system_message': [{ agents: [{ ...agent, system_message: 'be brief' }] }, { agents: [{ systemMessage: 'be brief' }] }],
  'orchestrator.max_new_answers_per_agent': [{ orchestrator: { max_new_answers_per_agent: 2 } }, { settings: { maxAnswersPerAgent: 2 } }],
  'orchestrator.max_new_answers_global': [{ orchestrator: { max_new_answers_global: 7 } }, { settings: { maxAnswersGlobal: 7 } }],
  'orchestrator.answer_novelty_requirement': [{ orchestrator: { answer_novelty_requirement: 'strict' } }, { settings: { novelty: 'strict' } }],
  'orchestrator.fairness_enabled': [{ orchestrator: { fairness_enabled: false } }, { settings: { fairness: { enabled: false } } }],
  'orchestrator.fairness_lead_cap_answers': [{ orchestrator: { fairness_lead_cap_answers: 1 } }, { settings: { fairness: { leadCap: 1 } } }],
  'orchestrator.voting_sensitivity': [{ orchestrator: { voting_sensitivity: 'balanced' } }, { settings: { sensitivity: 'balanced' } }],
  'orchestrator.skip_voting': [{ orchestrator: { skip_voting: true } }, { settings: { skipVoting: true } }],
  'orchestrator.defer_voting_until_all_answered': [{ orchestrator: { defer_voting_until_all_answered: false } }, { settings: { patience: false } }],
  'orchestrator.disable_injection': [{ orchestrator: { disable_injection: true } }, { settings: { injection: false } }],
  'orchestrator.skip_coordination_rounds': [{ orchestrator: { skip_coordination_rounds: true } }, { settings: { skipCoordination: true } }],
  'orchestrator.skip_final_presentation': [{ orchestrator: { skip_final_presentation: true } }, { settings: { skipPresentation: true } }],
  'orchestrator.final_answer_strategy': [{ orchestrator: { final_answer_strategy: 'synthesize' } }, { settings: { strategy: 'synthesize' } }],
  'orchestrator.budget.max_cost_usd': [{ orchestrator: { budget: { max_cost_usd: 0.5 } } }, { settings: { budget: { maxCostMicros: 500_000 } } }],
  'orchestrator.budget.max_tokens': [{ orchestrator: { budget: { max_tokens: 900 } } }, { settings: { budget: { maxTokens: 900 } } }],
  'orchestrator.coordination.max_orchestration_restarts': [{ orchestrator: { coordination: { max_orchestration_restarts: 2 } } }, { settings: { maxRestarts: 2 } }],
  'timeout_settings.orchestrator_timeout_seconds': [{ timeout_settings: { orchestrator_timeout_seconds: 60 } }, { settings: { limits: { totalMs: 60_000 } } }],
  'timeout_settings.initial_round_timeout_seconds': [{ timeout_settings: { initial_round_timeout_seconds: 20 } }, { settings: { limits: { firstTurnMs: 20_000 } } }],
  'timeout_settings.subsequent_round_timeout_seconds': [{ timeout_settings: { subsequent_round_timeout_seconds: 1.5 } }, { settings: { limits: { laterTurnMs: 1500 } } }],
  'timeout_settings.round_timeout_grace_seconds': [{ timeout_settings: { round_timeout_grace_seconds: 3 } }, { settings: { limits: { graceMs: 3000 } } }],
  'timeout_settings.idle_timeout_seconds': [{ timeout_settings: { idle_timeout_seconds: 4 } }, { settings: { limits: { idleMs: 4000 } } }],
  'ui.display_type': [{ ui: { display_type: 'silent' } }, { display: 'silent' }],
  'ui.logging_enabled': [{ ui: { logging_enabled: false } }, { logging: false }],
};

async function spoken(steps: readonly object[], more: object = {}, calls = 1): Promise<readonly BackendEvent[]> {
  const [first] = plan({ agents: [{ id: 'a', backend: { type: 'scripted', script: steps, ...more } }] }).agents;
  const backend = createBackend(first!.backend, { env: {} });
  const events: BackendEvent[] = [];
  for (let callIndex = 0; callIndex < calls; callIndex += 1) events.push(...(await collect(backend, requestOf({ callIndex }))));
  return events;
}

const kindsOf = (events: readonly BackendEvent[]): readonly string[] => events.map(({ type }) => type);
const seconds = async (step: object): Promise<number> => {
  const started = performance.now();
  await spoken([step]);
  return (performance.now() - started) / 1000;
};

const call = (name: string, args: object) => expect.objectContaining({ type: 'tool-call-end', name, argumentsText: JSON.stringify(args) });
const price = async (given: object, usage: object) => pricingOf(resolveBackend({ type: 'openai', model: 'm', price: given }, { OPENAI_API_KEY: 'k' }, 'a')).cost({ inputTokens: 1_000_000, outputTokens: 0, ...usage });

/** The limit that a block's calls are kept to, as the guard knows it. */
function limitOf(block: object): string {
  const [planned] = plan({ agents: [{ id: 'a', backend: { api_key: 'k', ...block } }] }).agents;
  const resolved = resolveBackend(planned!.backend, {}, 'a');
  const room = createGuardRoom();
  guarded(createBackend(planned!.backend, { env: {} }), resolved, room, () => 0);
  return [...room.limiters.keys()].join(' ');
}

/** Keys whose effect is neither in the plan nor in a request. */
const others: Readonly<Record<string, () => Promise<void>>> = {
  ...programKeys,
  ...fileKeys,
  ...toolKeys,
  ...ownToolKeys,
  'agents[].description': async () => expect(await modelsOf()).toContainEqual(expect.objectContaining({ id: 'one', description: 'Says hi.' })),
  'serve.models': async () => expect((await modelsOf({ models: MORE_MODELS })).map(({ id }) => id)).toEqual([...(await modelsOf()).map(({ id }) => id), ...Object.keys(MORE_MODELS)]),
  'agents[].backend': async () => expect((await sentBy({ type: 'groq', model: 'm', api_key: 'k' })).url).toContain('groq'),
  'agents[].backend.type': async () => expect((await sentBy({ type: 'cerebras', model: 'm', api_key: 'k' })).url).toContain('cerebras'),
  'agents[].backend.price.input': async () => expect(await price({ input: 3, output: 1 }, {})).toBe(3_000_000),
  'agents[].backend.price.output': async () => expect(await price({ input: 0, output: 4 }, { inputTokens: 0, outputTokens: 1_000_000 })).toBe(4_000_000),
  'agents[].backend.price.tools.web_search': async () => expect(await price({ input: 0, output: 0, tools: { web_search: 0.5 } }, { tools: { web_search: { uses: 2 } } })).toBe(1_000_000),
  'agents[].backend.price.tools.x_search': async () => expect(await price({ input: 0, output: 0, tools: { x_search: 0.5 } }, { tools: { x_search: { uses: 1 } } })).toBe(500_000),
  'agents[].backend.price.tools.code_interpreter': async () => expect(await price({ input: 0, output: 0, tools: { code_interpreter: 0.03 } }, { tools: { code_interpreter: { uses: 1 } } })).toBe(30_000),
  'agents[].backend.price.cached_input': async () => expect(await price({ input: 3, output: 1, cached_input: 2 }, { cachedInputTokens: 1_000_000 })).toBe(2_000_000),
  'agents[].backend.rate_limit.requests_per_minute': async () => expect(limitOf({ type: 'groq', rate_limit: { requests_per_minute: 3 } })).toContain('{"requestsPerMinute":3}'),
  'agents[].backend.rate_limit.tokens_per_minute': async () => expect(limitOf({ type: 'groq', rate_limit: { tokens_per_minute: 4 } })).toContain('{"tokensPerMinute":4}'),
  'agents[].backend.rate_limit.concurrency': async () => expect(limitOf({ type: 'groq', rate_limit: { concurrency: 5 } })).toContain('{"concurrency":5}'),
  'agents[].backend.enable_rate_limit': async () => expect(limitOf({ type: 'gemini', enable_rate_limit: true, model: 'gemini-2.5-pro' })).toContain('"requestsPerMinute":2'),
  'agents[].backend.script': async () => expect(kindsOf(await spoken([{ text: 'x' }]))).toContain('text-delta'),
  'agents[].backend.loop': async () => expect(kindsOf(await spoken([{ text: 'x' }], { loop: true }, 2)).filter((type) => type === 'finish')).toHaveLength(2),
  'agents[].backend.script[].answer': async () => expect(await spoken([{ answer: 'A' }])).toContainEqual(call('new_answer', { content: 'A' })),
  'agents[].backend.script[].vote': async () => expect(await spoken([{ vote: 'agent1' }])).toContainEqual(expect.objectContaining({ type: 'tool-call-end', name: 'vote' })),
  'agents[].backend.script[].vote.agent': async () => expect(await spoken([{ vote: { agent: 'agent2', reason: 'so' } }])).toContainEqual(expect.objectContaining({ argumentsText: expect.stringContaining('agent2') })),
  'agents[].backend.script[].vote.reason': async () => expect(await spoken([{ vote: { agent: 'agent2', reason: 'because' } }])).toContainEqual(expect.objectContaining({ argumentsText: expect.stringContaining('because') })),
  'agents[].backend.script[].text': async () => expect(await spoken([{ text: 'T' }])).toContainEqual({ type: 'text-delta', text: 'T' }),
  'agents[].backend.script[].reasoning': async () => expect(kindsOf(await spoken([{ text: 'T', reasoning: 'R' }]))).toContain('reasoning-delta'),
  'agents[].backend.script[].tool.name': async () => expect(await spoken([{ tool: { name: 'see', arguments: { at: 1 } } }])).toContainEqual(call('see', { at: 1 })),
  'agents[].backend.script[].tool.arguments': async () => expect(await spoken([{ tool: { name: 'see', arguments: 'broken {' } }])).toContainEqual(expect.objectContaining({ argumentsText: 'broken {' })),
  'agents[].backend.script[].tools': async () => expect(kindsOf(await spoken([{ tools: [{ name: 'x' }, { name: 'y' }] }])).filter((type) => type === 'tool-call-end')).toHaveLength(2),
  'agents[].backend.script[].tools[].name': async () => expect(await spoken([{ tools: [{ name: 'x' }, { name: 'y' }] }])).toContainEqual(expect.objectContaining({ type: 'tool-call-end', name: 'y' })),
  'agents[].backend.script[].tools[].arguments': async () => expect(await spoken([{ tools: [{ name: 'x', arguments: { z: 1 } }] }])).toContainEqual(call('x', { z: 1 })),
  'agents[].backend.script[].delay': async () => expect(await seconds({ text: 'x', delay: 0.2 })).toBeGreaterThan(0.19),
  'agents[].backend.script[].pace': async () => expect(await seconds({ text: 'x y z', pace: 0.1 })).toBeGreaterThan(0.19),
  'agents[].backend.script[].fault': async () => expect(await spoken([{ fault: 'unavailable' }])).toContainEqual({ type: 'error', refused: true, error: expect.objectContaining({ code: 'backend-unavailable' }) }),
  'agents[].backend.script[].after': async () => expect(kindsOf(await spoken([{ text: 'x y z', fault: 'reset', after: 2 }])).filter((type) => type === 'text-delta')).toHaveLength(2),
  'agents[].backend.script[].retry_after': async () => expect(await spoken([{ fault: 'rate-limit', retry_after: 2 }])).toContainEqual({ type: 'error', refused: true, error: expect.objectContaining({ retryAfterMs: 2000 }) }),
  'agents[].backend.script[].finish': async () => expect(await spoken([{ text: 'x', finish: 'length' }])).toContainEqual(expect.objectContaining({ type: 'finish', reason: 'length' })),
  'agents[].backend.script[].usage.input': async () => expect(await spoken([{ text: 'x', usage: { input: 3 } }])).toContainEqual({ type: 'usage', usage: expect.objectContaining({ inputTokens: 3 }) }),
  'agents[].backend.script[].usage.output': async () => expect(await spoken([{ text: 'x', usage: { output: 4 } }])).toContainEqual({ type: 'usage', usage: expect.objectContaining({ outputTokens: 4 }) }),
};

/** Every key that is said to work; a map of which everything stands in the list stands for nothing more. */
const working = languageSections.flatMap(([name, { properties = {} }]) =>
  Object.entries(properties).flatMap(([key, { 'x-status': status, properties: inner, additionalProperties: open, type }]) => {
    const isOnlyAMap = inner !== undefined && open !== true && type === 'object'  && `${name}.${key}` !== 'agents[].backend';
    return status !== undefined || isOnlyAMap || (name === '' && key === 'agent') ? [] : [name === '' ? key : `${name}.${key}`];
  }),
);

describe('every key that is said to work', () => {
  it('is one whose effect is seen below, and nothing else is', () => {
    const seen = [...Object.keys(planned), ...Object.keys(sentKeys).map((key) => `agents[].backend.${key}`), ...Object.keys(servedKeys).map((key) => `serve.${key}`), ...Object.keys(others)];
    expect([...seen].sort()).toEqual([...working].sort());
  });

  it.each(Object.entries(planned))('%s changes the plan', (_key, [given, expected]) => {
    expect(plan({})).not.toMatchObject(expected);
    expect(plan(given)).toMatchObject(expected);
  });

  it.each(Object.entries(sentKeys).flatMap(([key, cases]) => cases.map((each) => [`${key} of ${String(each.to['type'])}`, each] as const)))('%s reaches the provider', async (_name, { to, add, request, body = {}, headers = {}, url }: Sent) => {
    const [before, after] = [await sentBy(to, request), await sentBy({ ...to, ...add }, request)];
    const { tools, ...rest } = body as { readonly tools?: { readonly first: object } };
    expect(after.body).toMatchObject(rest);
    if (Object.keys(rest).length > 0) expect(before.body).not.toMatchObject(rest);
    if (tools !== undefined) expect([before.body['tools'], after.body['tools']].map((list) => (list as readonly object[] | undefined)?.[0] ?? {})).toEqual([expect.not.objectContaining(tools.first), expect.objectContaining(tools.first)]);
    for (const [name, value] of Object.entries(headers)) expect([before.headers.get(name) === value, after.headers.get(name)]).toEqual([false, value]);
    if (url !== undefined) expect([before.url === url, after.url]).toEqual([false, url]);
  });

  it.each(Object.entries(servedKeys))('serve.%s changes the server', async (_key, [given, expected]) => {
    const files = { 'keys.txt': 'from-a-file\n' };
    expect(await serverFrom({}, files)).not.toMatchObject(expected);
    expect(await serverFrom(given, files)).toMatchObject(expected);
  });

  it.each(Object.entries(others))('%s does what it says', async (_key, sees) => {
    await sees();
  });
});
