import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { formatIssue, formatIssues, refuseErrors } from '../../../src/orchestrator/config/issue.js';
import { parseText } from '../../../src/orchestrator/config/parse.js';

function issuesOf(text: string, env: Record<string, string> = {}): readonly string[] {
  const parsed = parseText(text);
  if ('issue' in parsed) return [formatIssue(parsed.issue, 'team.yaml')];
  return checkConfig(parsed.value, env, { locate: parsed.locate }).issues.map((issue) => formatIssue(issue, 'team.yaml'));
}

const team = (agentLines: string, rest = ''): string => `agents:\n  - id: a\n${agentLines}\n${rest}`;
const openai = '    backend: { type: openai }';

describe('checking a configuration', () => {
  it('accepts the smallest team without a word', () => {
    expect(issuesOf(team(openai))).toEqual([]);
  });

  it('fills in the defaults', () => {
    const { config } = checkConfig({ agents: [{ id: 'a', backend: { type: 'openai' } }], ui: {} }, {});
    expect(config).toMatchObject({
      orchestrator: {
        max_new_answers_per_agent: null,
        voting_sensitivity: 'lenient',
        fairness_enabled: true,
        final_answer_strategy: 'auto',
        budget: { max_cost_usd: null, max_tokens: null },
        coordination: { max_orchestration_restarts: 0 },
      },
      timeout_settings: { orchestrator_timeout_seconds: 1800, initial_round_timeout_seconds: null, round_timeout_grace_seconds: 120, idle_timeout_seconds: 120 },
      ui: { display_type: 'rich_terminal', logging_enabled: true },
    });
    expect(config?.agents?.[0]?.backend).toEqual({ type: 'openai' });
  });

  it('leaves what it was given as it is', () => {
    const given = { agents: [{ id: 'a', backend: { type: 'openai', api_key: '${KEY}' } }], orchestrator: null };
    const copy = structuredClone(given);
    const checked = checkConfig(given, { KEY: 'k' });
    expect(given).toEqual(copy);
    expect(checked.given).toBe(given);
    expect(checked.config?.agents?.[0]?.backend.api_key).toBe('k');
  });

  it('counts a key without a value as absent', () => {
    expect(issuesOf(team(`${openai}\n    system_message:`, 'orchestrator:\ntimeout_settings:\n  orchestrator_timeout_seconds:\n'))).toEqual([]);
  });

  it('takes 51 agents', () => {
    const agents = Array.from({ length: 51 }, (_unused, index) => ({ id: `agent_${index}`, backend: { type: 'openai' } }));
    expect(checkConfig({ agents }, {}).issues).toEqual([]);
  });

  it('names an unknown key and the nearest known one, and goes on', () => {
    const text = 'agents:\n  - id: a\n    backend: { type: openai }\n  - id: b\n    backend:\n      type: openai\n      modle: gpt-5-nano\n';
    const parsed = parseText(text);
    const checked = 'issue' in parsed ? undefined : checkConfig(parsed.value, {}, { locate: parsed.locate });
    expect(checked?.config).toBeDefined();
    expect(checked?.issues).toEqual([
      { severity: 'warning', location: 'agents[1].backend.modle', message: 'unknown key "modle"', suggestion: 'did you mean "model"? Unknown keys are not sent to the provider: what it knows besides goes under "extra_body" or "extra_args"', line: 7, column: 7 },
    ]);
    expect(issuesOf(text).join()).toMatch(/^team.yaml:7:7 agents\[1\].backend.modle: unknown key "modle"; did you mean "model"\? Unknown keys/);
  });

  it.each([
    ['a word of a longer key', team(openai, 'ui: { type: simple }'), 'ui.type: unknown key "type"; did you mean "display_type"?'],
    ['a set of tools that is misspelt', team(`${openai}\n    tools: codin`), 'agents[0].tools: there is no set of tools called "codin", so it is taken as the name of the only tool; did you mean "coding"?'],
    ['a key without a likeness', team(`${openai}\n    zzzzz: 1`), 'agents[0].zzzzz: unknown key "zzzzz"; it has no effect'],
    ['a key at the top', team(openai, 'quux: 1'), 'quux: unknown key "quux"; it has no effect; begin its name with "x-" if it only holds anchors'],
    ['a key of another place', team(`${openai}\n    temperature: 1`), 'agents[0].temperature: unknown key "temperature"; it belongs under "agents[].backend"'],
    ['a line of another language', 'agents = [{ id: a }]', 'write "key: value"'],
    ['a name that others use', team(`${openai}\n    append_system_prompt: x`), 'agents[0].append_system_prompt: unknown key "append_system_prompt"; write it into "system_message"'],
    ['a key of the backend without a likeness', team('    backend: { type: openai, zzzzz: 1 }'), 'unknown key "zzzzz"; unknown keys are not sent to the provider: what it knows besides goes under "extra_body" or "extra_args"'],
    ['a key in camel case', team('    backend: { type: openai, baseUrl: "http://h" }'), 'agents[0].backend.baseUrl: unknown key "baseUrl"; did you mean "base_url"?'],
  ])('warns of %s', (_what, text, message) => {
    expect(issuesOf(text).join()).toContain(message);
  });

  it('says once of each key that it has no effect yet', () => {
    const agent = (id: string) => ({ id, backend: { type: 'openai', enable_image_generation: true, multimodal_config: { image: { backend: '${UNSET_KEY}' } } } });
    const { issues, config } = checkConfig({ agents: [agent('a'), agent('b'), agent('c')] }, {});
    expect(config).toBeDefined();
    expect(issues.map((issue) => formatIssue(issue))).toEqual([
      'agents[0].backend.enable_image_generation: has no effect yet: it waits for pictures, sound and films (here and in 2 more places)',
      'agents[0].backend.multimodal_config: has no effect yet: it waits for pictures, sound and films (here and in 2 more places)',
    ]);
  });

  it.each([
    ['an unknown backend', team('    backend: { type: opneai }'), '3:22 agents[0].backend.type: unknown backend "opneai"; did you mean "openai"?'],
    ['a backend like no other', team('    backend: { type: xyzzy }'), 'unknown backend "xyzzy"; use one of openai, claude, gemini, grok, '],
    ['text for a number', team('    backend: { type: openai, temperature: hot }'), 'agents[0].backend.temperature: must be a number, not the text "hot"'],
    ['a number for text', 'agents:\n  - id: 7\n    backend: { type: openai }', 'agents[0].id: must be text, not 7; put it in quotes'],
    ['a map for a list', 'agents:\n  a: { backend: { type: openai } }', 'agents: must be a list, not a map; begin each item with "- "'],
    ['a list for a map', team('    backend:\n      - type: openai'), 'agents[0].backend: must be a map of keys, not a list; write "key: value" lines without "- "'],
    ['text for true or false', team(openai, 'ui: { logging_enabled: maybe }'), 'ui.logging_enabled: must be true or false, not the text "maybe"'],
    ['half a token', team(openai, 'orchestrator: { budget: { max_tokens: 1.5 } }'), 'orchestrator.budget.max_tokens: must be a whole number, not 1.5'],
    ['no number at all', team('    backend: { type: openai, temperature: .nan }'), 'must be a number, not NaN'],
    ['too small a number', team(openai, 'orchestrator: { max_new_answers_per_agent: 0 }'), 'orchestrator.max_new_answers_per_agent: must be at least 1, not 0'],
    ['no time at all', team(openai, 'timeout_settings: { orchestrator_timeout_seconds: 0 }'), 'must be more than 0, not 0'],
    ['too large a number', team('    backend: { type: openai, temperature: 3 }'), 'must be at most 2, not 3'],
    ['an unknown choice', team(openai, 'orchestrator: { voting_sensitivity: balancd }'), 'orchestrator.voting_sensitivity: unknown value "balancd"; did you mean "balanced"?'],
    ['a choice like no other', team(openai, 'orchestrator: { voting_sensitivity: 12 }'), 'must be one of lenient, balanced or strict, not 12'],
    ['an address with a port that cannot be', team('    backend: { type: openai, base_url: "http://127.0.0.1:99999/v1" }'), '3:40 agents[0].backend.base_url: is not a URL; check its host and its port, which is at most 65535'],
    ['a header whose name cannot be', team('    backend: { type: openai, extra_headers: { X-A: 1, "X A": 2 } }'), '3:55 agents[0].backend.extra_headers["X A"]: is not the name of a header; write it with letters, digits and dashes'],
    ['an address without http', team('    backend: { type: openai, base_url: localhost }'), 'agents[0].backend.base_url: must be a URL that starts with http:// or https://'],
    ['an agent without a backend', 'agents:\n  - id: a\n', '2:5 agents[0].backend: is missing; for example "backend: {type: openai, model: gpt-5-nano}"'],
    ['a backend without a type', team('    backend: { model: x }'), 'agents[0].backend.type: is missing; for example "type: openai"'],
    ['an id that could leave its folder', 'agents:\n  - id: ../../x\n    backend: { type: openai }', 'agents[0].id: must be 1 to 100 characters, without slashes'],
    ['an empty id', 'agents:\n  - id: ""\n    backend: { type: openai }', 'agents[0].id: must be 1 to 100 characters'],
    ['no agents', 'ui: {}', 'root: there are no agents; list the team under "agents"'],
    ['an empty list of agents', 'agents: []', 'agents: the list is empty; for example'],
    ['agents without a value', 'agents:', 'root: there are no agents'],
    ['both forms at once', `${team(openai)}agent: { id: b, backend: { type: openai } }`, 'root: has both "agents" and "agent"; put the one agent into the list'],
    ['the same id twice', `${team(openai)}  - { id: a, backend: { type: openai } }`, '4:11 agents[1].id: another agent already has the id "a"; give each agent an id of its own'],
    ['ids that differ in case', `${team(openai)}  - { id: A, backend: { type: openai } }`, 'only in upper and lower case'],
    ['a list at the top', '- a', 'root: must be a map of keys, not a list'],
    ['text at the top', 'hello', 'root: must be a map of keys, not the text "hello"'],
    ['a price without its half', team('    backend: { type: openai, price: { input: 1 } }'), 'agents[0].backend.price.output: is missing; for example "output: 2"'],
    ['an unknown fault', team('    backend: { type: scripted, script: [{ fault: rate_limit }] }'), 'agents[0].backend.script[0].fault: unknown value "rate_limit"; did you mean "rate-limit"?'],
    ['an anchor in itself', 'agents: &x\n  - *x', '1:1 agents: an anchor refers to something that contains it'],
    ['anchors that grow', `x-a: &a [${'x,'.repeat(200)}]\nx-b: &b [${'*a,'.repeat(200)}]\nagents: [${'*b,'.repeat(200)}]`, '2:1 x-b: there is too much in it: more than 20 000 values, or 4 MB of text, once anchors are written out; refer to fewer anchors'],
    ['a comment of another language', '{ // the team\n  agents: [{ id: a, backend: { type: openai } }] }', 'team.yaml:1:3 ["// the team agents"]: "// the team agents" is no comment, but part of a key; begin comments with "#"'],
    ['a comment of another language after a value', '{ agents: [{ id: a, backend: { type: openai /* mine */ } }] }', 'unknown backend "openai /* mine */"; begin comments with "#"'],
    ['a comment of another language after a number', '{ agents: [{ id: a, backend: { type: openai, temperature: 1 // warm\n } }] }', 'must be a number, not the text "1 // warm"; begin comments with "#"'],
  ])('refuses %s', (_what, text, message) => {
    expect(issuesOf(text).join('\n')).toContain(message);
  });

  it('gives an agent without an id a warning', () => {
    expect(issuesOf('agents:\n  - backend: { type: openai }')).toEqual(['team.yaml:2:5 agents[0]: has no id, so it is given one; name it with "id: …"']);
  });

  it.each(['models', 'model_configs', 'num_agents', 'max_rounds', 'consensus_threshold', 'voting_enabled', 'enable_voting'])('refuses the outdated key %s and says nothing else', (key) => {
    const issues = issuesOf(`${key}: 3\nui: { display_type: wrong }`);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatch(new RegExp(`^team.yaml:1:1 ${key}: this key is from an older version of the language; .`));
  });

  it('names every error at once, in the order of the file', () => {
    const text = 'agents:\n  - id: a\n    backend: { type: opneai, temperature: hot }\n  - id: a\n    backend: {}\nui: { display_type: loud }';
    expect(issuesOf(text).map((issue) => issue.split(' ')[1])).toEqual([
      'agents[0].backend.type:',
      'agents[0].backend.temperature:',
      'agents[1].id:',
      'agents[1].backend.type:',
      'ui.display_type:',
    ]);
  });

  it('never shows what a secret key holds', () => {
    const issues = issuesOf(team('    backend: { type: openai, api_key: [sk-verysecret], base_url: "${SECRET_URL}" }'), { SECRET_URL: 'sk-alsosecret' }).join('\n');
    expect(issues).toContain('agents[0].backend.api_key: must be text, not what is given');
    expect(issues).not.toContain('secret]');
    expect(issues).not.toContain('alsosecret');
  });

  it('quotes a value as it was written, not what its variable holds', () => {
    const issues = issuesOf(team('    backend: { type: openai, temperature: "${OPENAI_API_KEY}" }'), { OPENAI_API_KEY: 'sk-verysecret' }).join('\n');
    expect(issues).toContain('must be a number, not the text "${OPENAI_API_KEY}"');
    expect(issues).not.toContain('verysecret');
  });

  it('warns of a turn limit that the run never reaches', () => {
    expect(issuesOf(team(openai, 'timeout_settings: { orchestrator_timeout_seconds: 60, initial_round_timeout_seconds: 60 }')).join()).toContain('timeout_settings.initial_round_timeout_seconds: has no effect: the whole run ends after 60 s');
  });

  it('places what an anchor brought in where it is used', () => {
    expect(issuesOf('x-base: &base { type: openai, temperature: hot }\nagents:\n  - id: a\n    backend: *base\n  - id: b\n    backend:\n      <<: *base\n      model: m\n')).toEqual([
      'team.yaml:4:5 agents[0].backend.temperature: must be a number, not the text "hot"',
      'team.yaml:6:5 agents[1].backend.temperature: must be a number, not the text "hot"',
    ]);
  });

  it('has one sentence for an empty backend name', () => {
    expect(issuesOf(team('    backend: { type: " " }'))).toEqual(['team.yaml:3:22 agents[0].backend.type: must not be empty']);
  });

  it('survives objects that are no plain JSON', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['agents'] = [cyclic];
    expect(checkConfig(cyclic, {}).config).toBeUndefined();
    for (const odd of [undefined, null, 5, () => 1, new Map(), { agents: [undefined, null, () => 1, new Date()] }]) expect(checkConfig(odd, {}).config).toBeUndefined();
  });
});

describe('writing issues down', () => {
  it('cuts a long list', () => {
    const issues = Array.from({ length: 25 }, () => ({ severity: 'error', location: 'root', message: 'wrong' }) as const);
    expect(formatIssues(issues).split('\n')).toHaveLength(21);
    expect(formatIssues(issues)).toContain('… and 5 more');
  });

  it('names the line where there is no file', () => {
    expect(formatIssue({ severity: 'error', location: 'ui', message: 'wrong', line: 3, column: 2 })).toBe('line 3:2 ui: wrong');
  });

  it('throws errors and passes warnings', () => {
    expect(() => refuseErrors([{ severity: 'warning', location: 'ui', message: 'odd' }])).not.toThrow();
    expect(() => refuseErrors([{ severity: 'error', location: 'ui', message: 'wrong' }], 'f.yaml')).toThrow('f.yaml ui: wrong');
  });
});
