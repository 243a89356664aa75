import { describe, expect, it } from '@jest/globals';
import { readConfig } from './read.js';

const manifest = `name = "python-expert"
version = "0.1.0"
module = "builtin:chat"

[model]
provider = "groq"
model = "llama-3.3-70b-versatile"
api_key_env = "GROQ_API_KEY"
max_tokens = 8192
temperature = 0.3
system_prompt = """You are
an expert with \${HOME}."""

[capabilities]
tools = ["file_read", "shell_exec", "web_search", "memory_store"]
shell = ["python *"]
network = ["*"]

[resources]
max_llm_tokens_per_hour = 200000

[[fallback_models]]
provider = "openai"
`;

describe('an OpenFang manifest', () => {
  it('is read as one agent', async () => {
    const { config } = await readConfig('agent.toml', manifest, { HOME: 'x' });
    expect(config?.agent).toEqual({
      id: 'python-expert',
      backend: {
        type: 'groq',
        model: 'llama-3.3-70b-versatile',
        max_tokens: 8192,
        temperature: 0.3,
        command_line_allowed_commands: ['python *'],
      },
      tools: ['file_read', 'shell_exec', 'web_search', 'mcp__*'],
      system_message: 'You are\nan expert with ${HOME}.',
    });
  });

  it('says by name and place what has no counterpart', async () => {
    const { remarks } = await readConfig('agent.toml', manifest);
    expect(remarks).toEqual([
      'warning 2:1 version: has no counterpart here and is left out',
      'warning 15:1 capabilities.tools[3]: the tool "memory_store" has no counterpart here and is left out',
      'warning 17:1 capabilities.network: has no counterpart here and is left out',
      'warning 19:1 resources: has no counterpart here and is left out',
      'warning 22:1 fallback_models[0]: a model to fall back on is left out; name it as "fallback" of an agent in a configuration of massgen\'s own',
    ]);
  });

  it('has the tools of its profile, unless it lists tools', async () => {
    const tools = async (rest: string) => (await readConfig('agent.toml', `name = "x"\n${rest}`)).config?.agent?.tools;
    expect(await tools('profile = "research"\n')).toBe('research');
    expect(await tools('profile = "research"\n[capabilities]\ntools = ["file_read"]\n')).toEqual(['file_read', 'mcp__*']);
    expect((await readConfig('agent.toml', 'name = "x"\nprofile = "messaging"\n')).remarks).toEqual(['warning 2:1 profile: the profile "messaging" has no counterpart here and is left out; there are minimal, coding, research, full']);
  });

  it.each([
    ['provider = "deepseek"\nmodel = "deepseek-chat"', { type: 'deepseek', model: 'deepseek-chat' }],
    ['provider = "groq"\nmodel = "m"\napi_key_env = "MY_KEY"', { type: 'groq', model: 'm', api_key: 'mine' }],
    ['provider = "custom"\nmodel = "m"\nbase_url = "http://localhost:9/v1"', { type: 'chatcompletion', model: 'm', base_url: 'http://localhost:9/v1' }],
    ['provider = "ollama"\nname = "llama3"', { type: 'ollama', model: 'llama3' }],
    ['temperature = 1', { type: 'claude', model: 'claude-sonnet-4-20250514', temperature: 1 }],
    ['provider = "default"\nmodel = "default"\napi_key_env = "GROQ_API_KEY"', { type: 'groq' }],
    ['provider = "default"\nmodel = "default"', { type: 'openai' }],
  ])('reads the model %j', async (model, backend) => {
    const { config } = await readConfig('agent.toml', `name = "x"\n[model]\n${model}\n`, { MY_KEY: 'mine' });
    expect(config?.agent?.backend).toEqual(backend);
  });

  it.each([
    ['name = "x"\n[model]\nprovider = "bedrock"\nmodel = "m"', 'error 3:1 model.provider: there is no backend here for the provider "bedrock"'],
    ['name = "x"\n[model]\nprovider = "groq"\ntemperature = "hot"', 'error 4:15 model.temperature: must be a number, not the text "hot"'],
    ['name = "x"\n[model]\nprovider = 5', 'error 3:1 model.provider: must be text, not 5; put it in quotes'],
    ['name = 5\n[model]\nprovider = "groq"', 'error 1:8 name: must be text, not 5'],
    ['name = "x"\n[model]\nprovider = "groq"\napi_key_env = "MISSING_KEY"', 'error 4:15 model.api_key_env: the variable MISSING_KEY is not set'],
    ['[project]\nversion = "1"', 'error 1:1 root: this is no agent: it has neither "name" nor a table "[model]"'],
    ['name = "x\n', 'error 1:10 this is not TOML: control characters are not allowed in strings'],
    ['name = "x"\nname = "y"\n', 'error 2:1 this is not TOML: '],
  ])('refuses %j', async (text, message) => {
    const { config, remarks } = await readConfig('agent.toml', text);
    expect(config).toBeUndefined();
    expect(remarks).toContainEqual(expect.stringContaining(message));
  });
});
