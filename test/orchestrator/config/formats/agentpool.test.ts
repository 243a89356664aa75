import { describe, expect, it } from '@jest/globals';
import { readConfig } from './read.js';

const pool = `
agents:
  gpt-4-custom:
    type: chat
    model: openai:gpt-4
    system_prompt: "You are a helpful assistant."
  claude-coder:
    type: claude_code
    model: anthropic:claude-sonnet-4-20250514
    toolsets:
      - type: file_access
      - type: execution
  dev-assistant:
    model: ollama:llama3:8b
    system_prompt: "You are a development assistant."
`;

const one = (model: string): string => `agents:\n  x:\n    model: ${model}\n`;

describe('an AgentPool manifest', () => {
  it('is read as a team of its agents, in their order', async () => {
    const { config } = await readConfig('config.yml', pool);
    expect(config?.agents).toEqual([
      { id: 'gpt-4-custom', backend: { type: 'openai', model: 'gpt-4' }, system_message: 'You are a helpful assistant.' },
      { id: 'claude-coder', backend: { type: 'claude_code', model: 'claude-sonnet-4-20250514', cwd: 'workspace' } },
      { id: 'dev-assistant', backend: { type: 'ollama', model: 'llama3:8b' }, system_message: 'You are a development assistant.' },
    ]);
  });

  it('has its remarks where the original says it', async () => {
    const { remarks } = await readConfig('config.yml', pool);
    expect(remarks).toEqual([]);
  });

  it.each([
    ['openai:gpt-4o', { type: 'openai', model: 'gpt-4o' }],
    ['"openai-chat:gpt-4o"', { type: 'openai', model: 'gpt-4o', api: 'chat' }],
    ['anthropic:claude-sonnet-4-20250514', { type: 'claude', model: 'claude-sonnet-4-20250514' }],
    ['google-gla:gemini-2.5-flash', { type: 'gemini', model: 'gemini-2.5-flash' }],
    ['ollama:llama3', { type: 'ollama', model: 'llama3' }],
    ['groq:llama-3.3-70b-versatile', { type: 'groq', model: 'llama-3.3-70b-versatile' }],
    ['openrouter:anthropic/claude-sonnet-4', { type: 'openrouter', model: 'anthropic/claude-sonnet-4' }],
    ['xai:grok-4', { type: 'grok', model: 'grok-4' }],
    ['azure:my-deployment', { type: 'azure_openai', model: 'my-deployment' }],
    ['mistral:mistral-large', { type: 'mistral', model: 'mistral-large' }],
    ['perplexity:sonar', { type: 'chatcompletion', model: 'sonar', base_url: 'https://api.perplexity.ai', api_key: 'm' }],
    ['gpt-5-mini', { type: 'openai', model: 'gpt-5-mini' }],
    ['{ type: string, identifier: "openai:gpt-4o", temperature: 0.5, max_tokens: 10 }', { type: 'openai', model: 'gpt-4o', temperature: 0.5, max_tokens: 10 }],
  ])('reads the model %s', async (model, backend) => {
    expect((await readConfig('config.yml', one(model), { PERPLEXITY_API_KEY: 'm' })).config?.agents?.[0]?.backend).toEqual(backend);
  });

  it('takes the first of several models and names the others', async () => {
    const { config, remarks } = await readConfig('config.yml', one('{ type: fallback, models: ["groq:a", "openai:b"] }'));
    expect(config?.agents?.[0]?.backend).toEqual({ type: 'groq', model: 'a' });
    expect(remarks).toEqual([expect.stringMatching(/^warning 3:\d+ agents.x.model.models\[1\]: a model to fall back on is left out/)]);
  });

  it.each([
    [one('llama3'), 'error 3:5 agents.x.model: names no provider: "llama3"; write it as "provider:model"'],
    ['agents:\n  x: { type: native }\n', 'error 2:3 agents.x.model: is missing; for example "model: openai:gpt-5-mini"'],
    [one('[]'), 'error 3:5 agents.x.model: must be text such as "openai:gpt-5-mini"'],
    ['agents:\n  x: { model: "openai:m", toolsets: 5 }\n', 'error 2:27 agents.x.toolsets: must be a list of toolsets'],
    ['agents:\n  x: { model: "openai:m" }\nteams:\n  t: { mode: both, members: [x, y] }\n', 'error 4:8 teams.t.mode: must be parallel or sequential'],
    ['agents:\n  x: { model: "openai:m" }\nteams:\n  t: { mode: parallel, members: [x, y] }\n', 'error 4:24 teams.t.members: there is no agent or team "y"'],
  ])('refuses %j', async (text, message) => {
    const { config, remarks } = await readConfig('config.yml', text);
    expect(config).toBeUndefined();
    expect(remarks).toContainEqual(expect.stringContaining(message));
  });

  it('leaves out, by name, what has no counterpart', async () => {
    const text = `agents:
  x: { model: "openai:m", retries: 3, toolsets: [subagent, { type: execution }], system_prompt: [One, { type: file, path: y }, { content: Two }] }
  y: { type: acp, provider: claude }
  z: { model: "bedrock:nova" }
storage: {}
`;
    const { config, remarks } = await readConfig('config.yml', text);
    expect(config?.agents).toEqual([{ id: 'x', backend: { type: 'openai', model: 'm', enable_mcp_command_line: true }, system_message: 'One\n\nTwo' }]);
    expect(remarks.map((remark) => remark.replace(/^warning \d+:\d+ /, ''))).toEqual([
      'agents.x.retries: has no counterpart here and is left out',
      'agents.x.toolsets[0]: the toolset "subagent" has no counterpart here and is left out',
      'agents.x.system_prompt[1]: has no counterpart here and is left out',
      'agents.y.type: an agent of the type "acp" has no counterpart here and is left out; native, chat and claude_code are read',
      'agents.z: is left out',
      'agents.z.model: there is no backend here for the provider "bedrock"; give its address as "base_url" in a configuration of massgen\'s own',
      'storage: has no counterpart here and is left out',
    ]);
  });

  it('reads what a coding agent knows', async () => {
    const text = 'agents:\n  x: { type: claude_code, cwd: src, system_prompt: S, permission_mode: plan, max_thinking_tokens: 5, allowed_tools: [Read], disallowed_tools: [Bash], include_builtin_system_prompt: true, max_turns: 3 }\n';
    const { config, remarks } = await readConfig('config.yml', text);
    expect(config?.agents).toEqual([
      { id: 'x', backend: { type: 'claude_code', cwd: 'src', system_prompt: 'S', permission_mode: 'plan', max_thinking_tokens: 5, allowed_tools: ['Read'], disallowed_tools: ['Bash'], use_default_prompt: true } },
    ]);
    expect(remarks).toContainEqual(expect.stringContaining('agents.x.max_turns: has no counterpart'));
  });

  const trio = 'agents:\n  a: { model: "openai:m" }\n  b: { model: "openai:m" }\n  c: { model: "openai:m" }\n';

  it('takes the members of its only team, those of teams in it included', async () => {
    const { config, remarks } = await readConfig('config.yml', `${trio}teams:\n  t: { mode: parallel, members: [c, a] }\n`);
    expect(config?.agents?.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(remarks).toEqual(['warning 3:3 agents.b: is not in the team t and is left out']);
  });

  it('says that several teams, and chains, are one team here', async () => {
    const { config, remarks } = await readConfig('config.yml', `${trio}teams:\n  t: { mode: sequential, members: [u, a] }\n  u: { mode: parallel, members: [t, b] }\n`);
    expect(config?.agents).toHaveLength(3);
    expect(remarks).toEqual([
      'warning 5:1 teams: there are several teams; all agents work as one; keep one team to choose its members',
      'warning 6:8 teams.t.mode: chains are not there yet: the members answer at the same time and vote',
      'warning 7:24 teams.u.members: names the team "t", which it is part of; each agent is in a team once; take it out',
    ]);
  });

  it('says where a team names itself', async () => {
    const { config, remarks } = await readConfig('config.yml', `${trio}teams:\n  t: { mode: parallel, members: [c, t, a, b, a] }\n`);
    expect(config?.agents).toHaveLength(3);
    expect(remarks).toEqual(['warning 6:24 teams.t.members: names itself; each agent is in a team once; take it out']);
  });

  it('finds its members through a thousand teams in teams', async () => {
    const deep = Array.from({ length: 1000 }, (_unused, index) => `  t${index}: { mode: parallel, members: [${index === 999 ? 'b, t0' : `t${index + 1}`}] }`).join('\n');
    const { teams, remarks } = await readConfig('config.yml', `${trio}teams:\n${deep}\n`);
    expect(teams.length).toBe(1000);
    expect(teams[0]).toEqual({ name: 't0', mode: 'parallel', members: ['b'] });
    expect(remarks).toEqual([expect.stringContaining('there are several teams'), expect.stringContaining('teams.t999.members: names the team "t0", which it is part of')]);
  });

  it('gives a server every agent, and its teams by name', async () => {
    const text = `${trio}  d: { type: acp }\nteams:\n  all: { mode: sequential, members: [pair, a, d] }\n  pair: { mode: parallel, members: [b, c] }\n  none: { mode: parallel, members: [d] }\n`;
    const { config, teams, remarks } = await readConfig('config.yml', text, {}, { everyAgent: true });
    expect(config?.agents?.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(teams).toEqual([
      { name: 'all', mode: 'sequential', members: ['a', 'b', 'c'] },
      { name: 'pair', mode: 'parallel', members: ['b', 'c'] },
    ]);
    expect(remarks.join('\n')).not.toContain('there are several teams');
    const [only] = (await readConfig('config.yml', `${trio}teams:\n  t: { mode: parallel, members: [c] }\n`, {}, { everyAgent: true })).config?.agents ?? [];
    expect(only?.id).toBe('a');
  });

  it('keeps its prompts free of our variables', async () => {
    const { config, remarks } = await readConfig('config.yml', 'agents:\n  x: { model: "openai:m", system_prompt: "Use ${HOME} and $${X}" }\n', { HOME: 'secret-place' });
    expect(config?.agents?.[0]?.system_message).toBe('Use ${HOME} and $${X}');
    expect(remarks).toEqual([]);
  });

  it('is not what a map of our own agents is taken for', async () => {
    expect((await readConfig('team.yaml', 'agents:\n  a: { backend: { type: openai } }\n')).remarks).toEqual(['error 1:1 agents: must be a list, not a map; begin each item with "- "'.replace('1:1', '2:3')]);
  });
});
