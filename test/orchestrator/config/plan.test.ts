import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { planRun, type PlanOverrides } from '../../../src/orchestrator/config/plan.js';

const plan = (given: object, overrides?: PlanOverrides) => planRun(checkConfig({ agents: [{ id: 'a', backend: { type: 'openai' } }], ...given }, {}).config!, overrides);

describe('planning a run', () => {
  it('has these settings when nothing is said', () => {
    expect(plan({}).settings).toEqual({
      maxAnswersPerAgent: null,
      maxAnswersGlobal: null,
      novelty: 'lenient',
      sensitivity: 'lenient',
      fairness: { enabled: true, leadCap: 2 },
      skipVoting: false,
      skipPresentation: false,
      skipCoordination: false,
      injection: true,
      patience: true,
      strategy: 'auto',
      toolRounds: 50,
      maxRestarts: 0,
      limits: { totalMs: 1_800_000, firstTurnMs: null, laterTurnMs: null, graceMs: 120_000, idleMs: 120_000 },
      budget: { maxTokens: null, maxCostMicros: null },
      retry: { attempts: 4, baseMs: 500, maxMs: 60_000 },
    });
  });

  it('takes every setting from the configuration', () => {
    const orchestrator = {
      max_new_answers_per_agent: 2,
      max_new_answers_global: 7,
      answer_novelty_requirement: 'strict',
      voting_sensitivity: 'balanced',
      fairness_enabled: false,
      fairness_lead_cap_answers: 1,
      skip_voting: true,
      skip_final_presentation: true,
      skip_coordination_rounds: true,
      disable_injection: true,
      defer_voting_until_all_answered: false,
      final_answer_strategy: 'winner_present',
      budget: { max_cost_usd: 0.25, max_tokens: 1000 },
      coordination: { max_orchestration_restarts: 2 },
    };
    const timeout_settings = { orchestrator_timeout_seconds: 60, initial_round_timeout_seconds: 20, subsequent_round_timeout_seconds: 1.5, round_timeout_grace_seconds: 0, idle_timeout_seconds: 5 };
    expect(plan({ orchestrator, timeout_settings }).settings).toMatchObject({
      maxAnswersPerAgent: 2,
      maxAnswersGlobal: 7,
      novelty: 'strict',
      sensitivity: 'balanced',
      fairness: { enabled: false, leadCap: 1 },
      skipVoting: true,
      skipPresentation: true,
      skipCoordination: true,
      injection: false,
      patience: false,
      strategy: 'winner_present',
      maxRestarts: 2,
      limits: { totalMs: 60_000, firstTurnMs: 20_000, laterTurnMs: 1500, graceMs: 0, idleMs: 5000 },
      budget: { maxTokens: 1000, maxCostMicros: 250_000 },
    });
  });

  it.each([
    [{ final_answer_strategy: 'synthesize', max_new_answers_per_agent: 1 }, true],
    [{ final_answer_strategy: 'synthesize', max_new_answers_per_agent: 1, defer_voting_until_all_answered: true }, false],
    [{ final_answer_strategy: 'synthesize', max_new_answers_per_agent: 1, defer_voting_until_all_answered: false }, false],
    [{ final_answer_strategy: 'synthesize' }, false],
    [{ max_new_answers_per_agent: 1 }, false],
  ])('with %j skips the vote: %p', (orchestrator, expected) => {
    expect(plan({ orchestrator }).settings.skipVoting).toBe(expected);
  });

  it('lets flags go first', () => {
    const { settings, agents, prompt } = plan(
      { prompt: 'from the file', agents: [{ id: 'a', backend: { type: 'openai' }, system_message: 'old' }, { id: 'b', backend: { type: 'openai' } }] },
      { timeoutSeconds: 10, maxCost: 1.5, maxTokens: 9, systemMessage: 'new', strategy: 'synthesize', maxAnswersPerAgent: 1, skipPresentation: true, prompt: 'from the flag' },
    );
    expect(settings).toMatchObject({ limits: { totalMs: 10_000 }, budget: { maxTokens: 9, maxCostMicros: 1_500_000 }, strategy: 'synthesize', maxAnswersPerAgent: 1, skipVoting: true, skipPresentation: true });
    expect(agents.map((agent) => agent.systemMessage)).toEqual(['new', 'new']);
    expect(prompt).toBe('from the flag');
  });

  it('warns of what flags make of the configuration', () => {
    const given = {
      agents: [
        { id: 'a', backend: { type: 'openai' }, system_message: 'old' },
        { id: 'b', backend: { type: 'openai' } },
      ],
      timeout_settings: { initial_round_timeout_seconds: 600 },
    };
    expect(plan(given, { systemMessage: 'new', timeoutSeconds: 60 }).warnings).toEqual([
      'the system message given replaces that of 1 agent',
      'initial_round_timeout_seconds has no effect: the whole run ends before',
    ]);
    expect(plan({}).warnings).toEqual([]);
  });

  it.each([
    [{ timeoutSeconds: 0 }, 'the timeout must be more than 0'],
    [{ timeoutSeconds: Number.NaN }, 'the timeout must be'],
    [{ timeoutSeconds: 1e10 }, 'at most 2147483 seconds'],
    [{ maxCost: -1 }, 'the cost limit must be more than 0 US dollars, not -1'],
    [{ maxTokens: 1.5 }, 'the token limit must be a whole number from 1, not 1.5'],
    [{ maxAnswersPerAgent: 0 }, 'the number of answers per agent must be a whole number from 1, not 0'],
  ])('refuses %j', (overrides, message) => {
    expect(() => plan({}, overrides)).toThrow(message);
    expect(() => plan({}, overrides)).toThrow(expect.objectContaining({ code: 'usage-invalid' }));
  });

  it('passes the backend block on as it was written, variables replaced', () => {
    const given = { agents: [{ id: 'a', backend: { type: 'openai', model: '${M}', extra_body: { x: null }, anything: [1] } }] };
    const { config } = checkConfig(given, { M: 'm' });
    expect(planRun(config!).agents).toEqual([{ id: 'a', backend: { type: 'openai', model: 'm', extra_body: { x: null }, anything: [1] }, systemMessage: '' }]);
  });

  it('takes extra_args for extra_body, which wins', () => {
    const given = { agent: { id: 'a', backend: { type: 'openai', extra_args: { x: 1, y: 1 }, extra_body: { y: 2 } } } };
    expect(planRun(checkConfig(given, {}).config!).agents[0]?.backend).toEqual({ type: 'openai', extra_body: { x: 1, y: 2 } });
  });

  it('takes the form with one agent', () => {
    const { config } = checkConfig({ agent: { id: 'solo', backend: { type: 'openai' }, system_message: 'be brief' }, ui: { display_type: 'simple', logging_enabled: false } }, {});
    expect(planRun(config!)).toMatchObject({ agents: [{ id: 'solo', systemMessage: 'be brief' }], display: 'simple', logging: false });
  });

  it('gives agents without an id a free one', () => {
    const backend = { type: 'openai' };
    const { config } = checkConfig({ agents: [{ backend }, { id: 'agent3', backend }, { backend }, { id: 'Agent1', backend }] }, {});
    expect(planRun(config!).agents.map((agent) => agent.id)).toEqual(['agent2', 'agent3', 'agent4', 'Agent1']);
  });
});
