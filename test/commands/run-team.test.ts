import { afterAll, describe, expect, it } from '@jest/globals';
import { LLMock } from '@copilotkit/aimock';
import { cleanUp, loggedEvents, massgen, type Outcome, type Setting } from '../support/massgen-process.js';
import { ECHO, saying } from '../support/scripts.js';

const providers: LLMock[] = [];

async function provider(): Promise<LLMock> {
  const mock = new LLMock({ port: 0 });
  providers.push(mock);
  await mock.start();
  return mock;
}

afterAll(async () => {
  await cleanUp();
  await Promise.all(providers.splice(0).map((mock) => mock.stop()));
});

const plan = async (args: readonly string[], setting: Setting = {}): Promise<Outcome & { readonly agents: readonly string[] }> => {
  const outcome = await massgen(['run', '--dry-run', ...args, 'hi'], setting);
  return { ...outcome, agents: [...outcome.stdout.matchAll(/^agent (.*)$/gm)].map(([, agent]) => agent ?? '') };
};

const DEMO_NOTE = 'this is the offline demo, its answers are canned';

describe('without a configuration massgen run', () => {
  it.concurrent('makes a team of three from the keys in the environment', async () => {
    const { code, agents, stderr } = await plan([], { env: { GROQ_API_KEY: 'gsk-1', OPENAI_API_KEY: 'sk-1' } });
    expect(code).toBe(0);
    expect(agents).toEqual([expect.stringMatching(/^agent_a \(agent1\): openai /), expect.stringMatching(/^agent_b \(agent2\): groq /), expect.stringMatching(/^agent_c \(agent3\): openai /)]);
    expect(stderr).toBe('massgen: no configuration found: a team was made from the API keys set (openai, groq)\n');
  });

  it.concurrent('takes keys from .env, the one of the working directory first', async () => {
    const files = { '.env': 'GROQ_API_KEY=gsk-1\nMASSGEN_LOG_DIR=here\n' };
    const home = { '.config/massgen/.env': 'MASSGEN_LOG_DIR=there\nZAI_API_KEY=z\n' };
    const { agents, stdout, cwd } = await plan(['--agents', '2'], { files, home });
    expect(agents).toEqual([expect.stringContaining('groq'), expect.stringContaining('zai')]);
    expect(stdout).toContain(`log: ${cwd}/here\n`);
  });

  it.concurrent('runs the offline demo and says how to add a key', async () => {
    const { code, stdout, stderr } = await massgen(['run', 'Why is the sky blue?']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\(canned, from agent_b, improved\) This answer is scripted: no model was asked/);
    expect(stderr).toContain(DEMO_NOTE);
    expect(stderr).toContain('to ask real models set a key, for example OPENAI_API_KEY');
    expect(stderr).toContain('repeats your question: Why is the sky blue?');
    expect(stderr).toMatch(/\[massgen\] winner: agent_b \(answer2\.2\); agent_b 3 votes, unanimous\n/);
  });

  it.concurrent('makes a team of the keys that are set, and shows none of them', async () => {
    const { agents, stderr } = await plan([], { env: { ANTHROPIC_API_KEY: 'sk-ant-1', XAI_API_KEY: 'xai-1' } });
    expect(agents).toEqual([expect.stringContaining(': claude '), expect.stringContaining(': grok '), expect.stringContaining(': claude ')]);
    expect(stderr).toContain('the API keys set (claude, grok)');
    expect(stderr).not.toMatch(/sk-ant-1|xai-1/);
  });

  it.concurrent('asks the model that flags name', async () => {
    const { agents, stdout } = await plan(['--backend', 'groq', '--model', 'some-model', '--agents', '2', '--system-message', 'Be brief.'], { env: { GROQ_API_KEY: 'gsk-1' } });
    expect(agents).toEqual(['agent_a (agent1): groq some-model', 'agent_b (agent2): groq some-model']);
    expect(stdout).toContain('configuration: backend:groq\n');
  });

  it.concurrent('knows whose model a well-known name is', async () => {
    expect((await plan(['--model', 'gpt-5-mini'], { env: { OPENAI_API_KEY: 'sk-1' } })).agents).toEqual(['agent_a (agent1): openai gpt-5-mini']);
  });
});

describe('massgen run finds its configuration', () => {
  const [project, user, flag] = ['project', 'user', 'flag'].map((name) => JSON.stringify(saying(name)));
  const files = { '.massgen/config.yaml': project ?? '', 'team.yaml': flag ?? '' };
  const home = { '.config/massgen/config.yaml': user ?? '', '.config/massgen/agents/mine.yaml': JSON.stringify(saying('named')) };

  it.concurrent.each<[args: readonly string[], setting: Setting, answer: string]>([
    [[], { files, home }, 'project'],
    [[], { home }, 'user'],
    [['--config', 'team.yaml'], { files, home }, 'flag'],
    [['--config', 'mine'], { files, home }, 'named'],
    [['--config', '@examples/scripted-ci'], { files, home }, '(canned) The answer of agent_a.'],
    [[], { files, home, env: { MASSGEN_CONFIG: 'team.yaml' } }, 'flag'],
  ])('%j', async (args, setting, answer) => {
    expect(await massgen(['run', ...args, '--display', 'silent', 'hi'], setting)).toMatchObject({ code: 0, stdout: `${answer}\n`, stderr: '' });
  });
});

describe('massgen run asks a provider', () => {
  it.concurrent('with its key, the model and the system message, for the answer on stdout', async () => {
    const mock = await provider();
    mock.onMessage(/capital/, { content: 'Lisbon, says the stand-in.' });
    const config = { agent: { id: 'solo', backend: { type: 'chatcompletion', model: 'stand-in', base_url: `${mock.url}/v1`, api_key: '${STAND_IN_KEY}' } } };
    const { code, stdout, stderr, cwd } = await massgen(['run', '--config', 'team.json', '--system-message', 'Be brief.', 'What is the capital of Portugal?'], { files: { 'team.json': config }, env: { STAND_IN_KEY: 'sk-stand-in-1' } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Lisbon, says the stand-in.\n' });
    expect(stderr).toContain('[solo] | Lisbon, says the stand-in.');
    const request = mock.getLastRequest();
    expect(JSON.stringify(request?.body)).toContain('Be brief.');
    expect(request?.body).toMatchObject({ model: 'stand-in', stream: true });
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
    expect(JSON.stringify(loggedEvents(cwd))).not.toContain('sk-stand-in-1');
  });

  it.concurrent('as a team whose agents answer, vote and agree', async () => {
    const mock = await provider();
    const answered = (text: string) => ({ toolCalls: [{ name: 'new_answer', arguments: JSON.stringify({ content: text }) }] });
    const isFirst = ({ tool_choice: choice }: { tool_choice?: unknown }): boolean => JSON.stringify(choice).includes('new_answer');
    mock.on({ model: 'first', predicate: isFirst }, answered('The short answer.'));
    mock.on({ model: 'second', predicate: isFirst }, answered('The complete answer.'));
    mock.onMessage(/./, { toolCalls: [{ name: 'vote', arguments: JSON.stringify({ agent_id: 'agent2', reason: 'it is complete' }) }] });
    const agents = ['first', 'second'].map((model) => ({ id: model, backend: { type: 'chatcompletion', model, base_url: `${mock.url}/v1` } }));
    const { code, stdout, stderr } = await massgen(['run', '--config', 'team.json', 'hi'], { files: { 'team.json': { agents } } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'The complete answer.\n' });
    expect(stderr).toContain('[first] votes for second (answer2.1): it is complete');
    expect(stderr).toContain('[massgen] winner: second (answer2.1); second 2 votes, unanimous');
  });

  it.concurrent('whose address is given by flags', async () => {
    const mock = await provider();
    mock.onMessage(/hi/, { content: 'Hello.' });
    const { code, stdout } = await massgen(['run', '--base-url', `${mock.url}/v1`, '--model', 'stand-in', 'hi'], { env: { OPENAI_API_KEY: 'sk-elsewhere' } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello.\n' });
    expect(JSON.stringify(mock.getLastRequest()?.headers)).not.toContain('sk-elsewhere');
  });
});

it.concurrent('massgen run keeps one agent’s missing backend from stopping the others', async () => {
  const agents = [{ id: 'absent', backend: { type: 'claude_code', model: 'x' } }, { ...ECHO.agent, id: 'there' }];
  const { code, stdout, stderr } = await massgen(['run', '--config', 'team.json', 'hi'], { files: { 'team.json': { agents } } });
  expect(code).toBe(0);
  expect(stdout).toBe('<hi>\n');
  expect(stderr).toContain('[absent] failed: agent absent: claude_code needs');
});
