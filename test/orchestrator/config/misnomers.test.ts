import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { formatIssue } from '../../../src/orchestrator/config/issue.js';

const openai = { type: 'openai', model: 'm' };
const said = (config: object, env: Record<string, string> = {}): string => checkConfig(config, env).issues.map((issue) => formatIssue(issue)).join('\n');
const ofAgent = (more: object): string => said({ agents: [{ id: 'a', backend: openai, ...more }] });
const ofBackend = (more: object, env: Record<string, string> = {}): string => said({ agents: [{ id: 'a', backend: { ...openai, ...more } }] }, env);

describe('what is often written wrongly', () => {
  it.each([
    ['name', 'agents[0].name: unknown key "name"; write it as "id"'],
    ['role', 'agents[0].role: unknown key "role"; write it as "system_message"'],
    ['instructions', 'agents[0].instructions: unknown key "instructions"; write it as "system_message"'],
    ['type', 'agents[0].type: unknown key "type"; it belongs under "agents[].backend"'],
    ['cwd', 'agents[0].cwd: unknown key "cwd"; it belongs under "agents[].backend"'],
  ])('of an agent: %s', (key, message) => {
    expect(ofAgent({ [key]: 'x' })).toBe(message);
  });

  it.each([
    ['reasoning_effort', 'unknown key "reasoning_effort"; write "reasoning: {effort: …}"'],
    ['max_completion_tokens', 'unknown key "max_completion_tokens"; write it as "max_tokens"'],
    ['tools', 'unknown key "tools"; it belongs under "agents[]"'],
    ['stream', 'unknown key "stream"; unknown keys are not sent to the provider: what it knows besides goes under "extra_body" or "extra_args"'],
  ])('of a backend: %s', (key, message) => {
    expect(ofBackend({ [key]: 'x' })).toBe(`agents[0].backend.${key}: ${message}`);
  });

  it('of the orchestrator: MassGen’s own place of the time limit', () => {
    expect(said({ agents: [{ id: 'a', backend: openai }], orchestrator: { timeout: {} } })).toBe('orchestrator.timeout: unknown key "timeout"; write it as "timeout_settings", beside "orchestrator"');
  });

  it.each([
    ['anthropic', 'claude'],
    ['google', 'gemini'],
    ['xai', 'grok'],
    ['x-ai', 'grok'],
    ['azure', 'azure_openai'],
    ['opneai', 'openai'],
  ])('the backend %s', (type, meant) => {
    expect(ofBackend({ type })).toContain(`unknown backend "${type}"; did you mean "${meant}"?`);
    expect(ofAgent({ fallback: [{ type }] })).toContain(`agents[0].fallback[0].type: unknown backend "${type}"; did you mean "${meant}"?`);
  });

  it('a limit on answers that leaves some agent without one, which strict refuses', () => {
    const config = { agents: ['a', 'b'].map((id) => ({ id, backend: openai })), orchestrator: { max_new_answers_global: 1 } };
    expect(said(config)).toBe('orchestrator.max_new_answers_global: is 1, but each of the 2 agents may give a first answer');
    expect(checkConfig(config, {}, { strict: true }).config).toBeUndefined();
  });

  it('numbers in quotes', () => {
    expect(ofBackend({ max_tokens: '300' })).toBe('agents[0].backend.max_tokens: must be a whole number, not the text "300"; write it without quotes');
    expect(ofBackend({ temperature: 'hot' })).toBe('agents[0].backend.temperature: must be a number, not the text "hot"');
  });

  it('numbers that a variable makes too large are told by its name', () => {
    expect(ofBackend({ temperature: '${HEAT}' }, { HEAT: '12' })).toBe('agents[0].backend.temperature: must be at most 2, which "${HEAT}" is not');
    expect(ofBackend({ temperature: 12 })).toBe('agents[0].backend.temperature: must be at most 2, not 12');
  });
});
